// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build.Copying;
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Contexts.Archives;
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
            using var opened = new StepSources(sources);
            foreach (CopySource source in step.Sources)
                await CopyAsync(operation, step, source, opened, cancellationToken);
            foreach ((string name, string content) in step.Heredocs)
                operation.CopyBytes(name, Encoding.UTF8.GetBytes(content));
            return await layers.WriteAsync(operation.Delta, step.Link ? new StackView() : context.View, context, cancellationToken);
        }
        // A full disk is the builder's own, and told by whoever carries out steps.
        catch (ErrnoException e) when (!IsFullDisk(e))
        {
            throw DiagnosticRules.SourceUnreadable.Error($"a source cannot be read: {e.Message}", step.Span, inner: e);
        }
        finally
        {
            WorkDirectory.RemoveTree(scratch);
        }
    }

    /// <summary>What goes wrong with a source stands where that was written; what goes wrong with the destination concerns the whole instruction.</summary>
    private static async Task CopyAsync(CopyOperation operation, CopyStep step, CopySource source, StepSources opened, CancellationToken cancellationToken)
    {
        ISourceTree tree = await opened.OpenAsync(source.From, source.IsRemote ? source.Span : step.Span, cancellationToken);
        try
        {
            if (source.IsRemote)
                operation.CopyNamed(tree, UnixPath.Clean(source.Path), source.UnpackArchives, cancellationToken);
            else if (step.Parents)
                operation.CopyWithParents(tree, source.Path, cancellationToken);
            else
                operation.Copy(tree, source.Path, cancellationToken);
        }
        catch (BuildException e) when (e.Diagnostic.Span is null && e.Diagnostic.Rule != DiagnosticRules.CopyKindConflict)
        {
            throw new BuildException(e.Diagnostic with { Span = source.Span }, e);
        }
        catch (ErrnoException e) when (!IsFullDisk(e))
        {
            throw DiagnosticRules.SourceUnreadable.Error($"a source cannot be read: {e.Message}", source.Span, inner: e);
        }
    }

    private static bool IsFullDisk(ErrnoException e) => e.Error is Errno.ENOSPC or Errno.EDQUOT;

    private async Task<CopySettings> ResolveAsync(CopyStep step, StepContext context, CancellationToken cancellationToken)
    {
        ModeChange? mode = null;
        if (step.Chmod is { Length: > 0 } chmod && !ModeChange.TryParse(chmod, out mode))
            throw DiagnosticRules.ModeInvalid.Error(
                $"invalid chmod parameter: '{chmod}'. it should be octal string and between 0 and 07777", step.ChmodSpan, "symbolic modes as `u=rwX,go=rX` can be given too");
        return new CopySettings
        {
            Destination = UnixPath.Clean(step.Destination),
            DestinationIsDirectory = step.Destination.EndsWith('/'),
            Owner = step.Chown is { Length: > 0 } chown ? await owners.FindAsync(chown, !step.Link, context, step.ChownSpan, cancellationToken)
                : step.UnlessChown is { } user ? await owners.FindAsync(user, mayAsk: true, context, step.Span, cancellationToken)
                : null,
            ArchivesKeepOwners = step.UnlessChown is not null,
            Mode = mode,
            Excludes = PathPatterns.Parse(step.Excludes, step.Span),
            UnpackArchives = step.Sources.Any(s => !s.IsRemote && s.UnpackArchives),
            Link = step.Link,
            Span = step.Span,
            Now = context.Now,
        };
    }
}
