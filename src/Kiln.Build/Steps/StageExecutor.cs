// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>Carries out the steps of a stage, one on top of the other.</summary>
internal sealed class StageExecutor(
    LayerDepot depot, CopyStepRunner copies, WorkdirStepRunner workdirs, RunStepRunner? runs, TimeProvider time, Action<BuildEvent> report)
{
    /// <param name="plan">The stage.</param>
    /// <param name="start">What it starts from.</param>
    /// <param name="epoch">What SOURCE_DATE_EPOCH makes of times.</param>
    /// <param name="inImage">Whether its layers are the image's.</param>
    /// <param name="isLast">Whether no stage comes after it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<StageResult> RunAsync(StagePlan plan, StageResult start, EpochRule? epoch, bool inImage, bool isLast, CancellationToken cancellationToken)
    {
        StageResult result = start;
        StackView? view = null;
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BuildStep step = plan.Steps[i];
            report(new StepStarted(plan.Name, step.Title, i + 1, plan.Steps.Length));
            long began = time.GetTimestamp();
            StackLayer? layer = null;
            if (step is not MetadataStep)
            {
                string reason = Reason(step);
                if (view is null && plan.Steps[i..].FirstOrDefault(later => later is RunStep) is { } run)
                    await depot.UnpackAsync(result.Stack, Reason(run), cancellationToken);
                view ??= await depot.ReadViewAsync(result.Stack, reason, cancellationToken);
                var context = new StepContext(result.Stack, view, Now(epoch), epoch, plan.Config.Platform, inImage, reason, report)
                {
                    IsLast = isLast && plan.Steps[(i + 1)..].All(later => later is MetadataStep),
                };
                layer = await RunLocatedAsync(step, context, cancellationToken);
                view.Apply(layer.Index!);
            }
            result = Append(result, step, layer, epoch);
            report(new StepEnded(plan.Name, time.GetElapsedTime(began), layer?.Descriptor.Size));
        }
        return result;
    }

    /// <summary>Whatever goes wrong in a step stands at its instruction.</summary>
    private async Task<StackLayer> RunLocatedAsync(BuildStep step, StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(step, context, cancellationToken);
        }
        catch (BuildException e) when (e.Diagnostic.Span is null)
        {
            throw new BuildException(e.Diagnostic with { Span = step.Span }, e) { ExitStatus = e.ExitStatus };
        }
        catch (ErrnoException e) when (e.Error is Errno.ENOSPC or Errno.EDQUOT)
        {
            throw DiagnosticRules.DiskFailed.Error($"there is no space left in the root directory: {e.Message}", step.Span, inner: e);
        }
        catch (TarException e)
        {
            throw DiagnosticRules.SourceUnreadable.Error(e.Message, step.Span, inner: e);
        }
        catch (IOException e) when (e is not ErrnoException)
        {
            throw DiagnosticRules.DiskFailed.Error($"the root directory's disk fails: {e.Message}", step.Span, inner: e);
        }
    }

    private Task<StackLayer> RunAsync(BuildStep step, StepContext context, CancellationToken cancellationToken) => step switch
    {
        CopyStep copy => copies.RunAsync(copy, context, cancellationToken),
        WorkdirStep workdir => workdirs.RunAsync(workdir, context, cancellationToken),
        RunStep run when runs is not null => runs.RunAsync(run, context, cancellationToken),
        RunStep => throw DiagnosticRules.NoSandbox.Error("`RUN` cannot be isolated from the builder here, so it is not run", step.Span),
        _ => throw new UnreachableException(),
    };

    private StageResult Append(StageResult result, BuildStep step, StackLayer? layer, EpochRule? epoch)
    {
        var entry = new HistoryEntry
        {
            Created = layer is null && epoch is null ? null : Timestamp.From(epoch is not null ? DateTimeOffset.FromUnixTimeSeconds(epoch.Epoch.Seconds) : time.GetUtcNow()),
            CreatedBy = step.CreatedBy,
            Comment = "buildkit.dockerfile.v0",
            EmptyLayer = layer is null,
        };
        return new StageResult(layer is null ? result.Stack : result.Stack.Push(layer), result.History.Add(entry));
    }

    private static string Reason(BuildStep step) => $"`{step.Title.Split(' ')[0]}` at line {step.Span.Line} needs it";

    private UnixTime Now(EpochRule? epoch) => epoch?.Epoch ?? UnixTime.From(time.GetUtcNow());
}
