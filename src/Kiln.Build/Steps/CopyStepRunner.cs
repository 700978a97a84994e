// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Copying;
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>Carries out `COPY` and `ADD`: no byte is copied but into the layer.</summary>
internal sealed class CopyStepRunner(DeltaWriter layers, SourceCatalog sources, OwnerLookup owners, WorkDirectory work)
{
    internal async Task<StackLayer> RunAsync(CopyStep step, StepContext context, CancellationToken cancellationToken)
    {
        string scratch = work.NewScratch();
        try
        {
            var operation = new CopyOperation(context.View, await ResolveAsync(step, context, cancellationToken), new ArchiveSpool(scratch));
            if (step.Paths.Length > 0)
                await CopyPathsAsync(operation, step, cancellationToken);
            foreach ((string name, string content) in step.Heredocs)
                operation.CopyBytes(name, Encoding.UTF8.GetBytes(content));
            return await layers.WriteAsync(operation.Delta, step.Link ? new StackView() : context.View, context, cancellationToken);
        }
        catch (ErrnoException e)
        {
            throw DiagnosticRules.SourceUnreadable.Error($"a source cannot be read: {e.Message}", step.Span, inner: e);
        }
        finally
        {
            WorkDirectory.RemoveTree(scratch);
        }
    }

    private async Task CopyPathsAsync(CopyOperation operation, CopyStep step, CancellationToken cancellationToken)
    {
        ISourceTree tree = await sources.OpenAsync(step.From, step.Span, cancellationToken);
        foreach (string path in step.Paths)
        {
            if (step.Parents)
                operation.CopyWithParents(tree, path, cancellationToken);
            else
                operation.Copy(tree, path, cancellationToken);
        }
    }

    private async Task<CopySettings> ResolveAsync(CopyStep step, StepContext context, CancellationToken cancellationToken)
    {
        ModeChange? mode = null;
        if (step.Chmod is { Length: > 0 } chmod && !ModeChange.TryParse(chmod, out mode))
            throw DiagnosticRules.ModeInvalid.Error(
                $"invalid chmod parameter: '{chmod}'. it should be octal string and between 0 and 07777", step.Span, "symbolic modes as `u=rwX,go=rX` can be given too");
        return new CopySettings
        {
            Destination = UnixPath.Clean(step.Destination),
            DestinationIsDirectory = step.Destination.EndsWith('/'),
            Owner = step.Chown is { Length: > 0 } chown ? await owners.FindAsync(chown, !step.Link, context, step.Span, cancellationToken) : null,
            Mode = mode,
            Excludes = PathPatterns.Parse(step.Excludes, step.Span),
            UnpackArchives = step.UnpackArchives,
            Link = step.Link,
            Span = step.Span,
            Now = context.Now,
        };
    }
}
