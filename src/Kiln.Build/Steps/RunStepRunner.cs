// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning.Steps;
using Kiln.Sandbox;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Results;
using Kiln.Sandbox.Roots;

namespace Kiln.Build.Steps;

/// <summary>Carries out `RUN`: puts the trees together, runs, and turns what changed into a layer. The upper directory is that layer's tree.</summary>
internal sealed class RunStepRunner(
    LayerDepot depot, MountPreparation mounts, NamespaceSandbox sandbox, WorkDirectory work, ReadOnlyMemory<byte> resolverConfiguration)
{
    /// <summary>The status of a program that is there but cannot be executed.</summary>
    private const int CannotExecute = 126;

    internal async Task<StackLayer> RunAsync(RunStep step, StepContext context, CancellationToken cancellationToken)
    {
        using StackTrees trees = await depot.OpenTreesAsync(context.Stack, cancellationToken);
        string upper = work.NewTree(), overlayWork = work.NewTree();
        using DirectoryHandle changed = DirectoryHandle.Open(upper);
        MatchRoot(changed, context.View.Root.Entry);
        using PreparedMounts prepared = await mounts.PrepareAsync(step, cancellationToken);
        var request = new RunRequest
        {
            Root = new OverlayRoot([.. trees.Paths], upper, overlayWork),
            Arguments = step.Arguments,
            Environment = [.. step.Environment, .. prepared.Environment],
            WorkingDirectory = UnixPath.Clean(step.WorkingDirectory),
            User = step.User,
            Network = step.Network switch
            {
                Dockerfile.Instructions.RunNetwork.None => RunNetwork.None,
                _ => RunNetwork.Host,
            },
            Mounts = [NameFiles.Hosts("buildkitsandbox", []), NameFiles.Resolver(resolverConfiguration), .. prepared.Mounts],
        };
        RunResult result = await sandbox.RunAsync(
            request,
            (stream, bytes) => context.Report(new StepOutput(stream == OutputStream.Error, bytes.ToArray())),
            cancellationToken);
        Check(result, step, context.Platform);
        WorkDirectory.RemoveTree(overlayWork);

        LayerDelta delta = await Task.Run(
            () => new UpperScan(changed, context.View, trees, depot.TreeOptions.Owners).Run(cancellationToken), cancellationToken);
        StackLayer layer = await depot.WriteAsync(delta, context.View, context.Epoch, cancellationToken);
        // Clamped times stand in the layer only, so its tree has to be unpacked again where someone needs it.
        if (context.Epoch is null)
            layer.Tree = upper;
        else
            WorkDirectory.RemoveTree(upper);
        return layer;
    }

    /// <summary>The upper directory is the root directory that `RUN` sees: it has to look like the one below.</summary>
    private void MatchRoot(DirectoryHandle upper, LayerEntry root)
    {
        using var handle = upper.OpenSelf();
        OwnerMap map = depot.TreeOptions.Owners;
        DirectoryHandle.SetMetadata(handle, (map.RepresentUid(root.Uid), map.RepresentGid(root.Gid)), root.Mode, root.ModifiedTime);
    }

    private static string ForeignPlatform(NotStarted failed, Platform platform) =>
        failed.Code == CannotExecute ? $"; the stage is for {platform}, and Kiln does not emulate other processors" : "";

    private static void Check(RunResult result, RunStep step, Platform platform)
    {
        (int status, string? hint) = result switch
        {
            Exited exited => (exited.Code, null),
            Signaled { Signal: 9 } => (128 + 9, "it was killed (SIGKILL): often for want of memory"),
            Signaled signaled => (128 + signaled.Signal, $"it was ended by signal {signaled.Signal}"),
            NotStarted failed => (failed.Code, failed.Message + ForeignPlatform(failed, platform)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (status == 0)
            return;
        string program = string.Join(' ', step.Arguments);
        Diagnostic diagnostic = DiagnosticRules.StepFailed.At(
            step.Span, $"process \"{program}\" did not complete successfully: exit code: {status}", hint);
        throw new BuildException(diagnostic) { ExitStatus = status };
    }
}
