// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Linux;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>Carries out `WORKDIR`: what is missing of the path is made, owned by the `USER`; what is there stays as it is.</summary>
internal sealed class WorkdirStepRunner(DeltaWriter layers, OwnerLookup owners)
{
    internal async Task<StackLayer> RunAsync(WorkdirStep step, StepContext context, CancellationToken cancellationToken)
    {
        var delta = new LayerDelta();
        UnixPath path = context.View.Resolve(UnixPath.Clean(step.Path)) ?? throw NotADirectory(step);
        var missing = new Stack<UnixPath>();
        for (UnixPath at = path; !at.IsRoot; at = at.Parent)
        {
            if (context.View.Find(at) is not { } node)
                missing.Push(at);
            else if (!node.IsDirectory)
                throw NotADirectory(step);
        }
        if (missing.Count > 0)
        {
            (uint uid, uint gid) = step.User.Length == 0 ? (0, 0) : await owners.FindAsync(step.User, mayAsk: true, context, step.Span, cancellationToken);
            foreach (UnixPath directory in missing)
                delta.Put(new LayerEntry
                {
                    Path = directory,
                    Type = EntryType.Directory,
                    Mode = 0x1ED,
                    Uid = uid,
                    Gid = gid,
                    ModifiedTime = context.Now,
                });
        }
        return await layers.WriteAsync(delta, context.View, context, cancellationToken);
    }

    private static BuildException NotADirectory(WorkdirStep step) =>
        DiagnosticRules.CopyKindConflict.Error($"mkdir {step.Path}: not a directory", step.Span, "a part of the path is a file");
}
