// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Layers.Deltas;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;

namespace Kiln.Build.Steps;

/// <summary>Makes of a stage of a plan what can be carried out: finds what it starts from, and begins beside it what it will surely need.</summary>
/// <param name="plan">The plan.</param>
/// <param name="forecast">What is expected of it.</param>
/// <param name="images">Bases.</param>
/// <param name="schedule">The other stages.</param>
/// <param name="stages">Carries a stage out.</param>
/// <param name="copies">Makes a layer of a base that is no image.</param>
/// <param name="epoch">What SOURCE_DATE_EPOCH makes of times.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Where events go.</param>
internal sealed class StageTasks(
    BuildPlan plan, Forecast forecast, ImageResolver images, StageSchedule schedule, StageExecutor stages, CopyStepRunner copies, EpochRule? epoch, TimeProvider time, Action<BuildEvent> report)
{
    private readonly ImmutableArray<StagePlan> _inImage = StagesInImage(plan);

    /// <summary>The stages whose layers the image has: the target, what it starts from, and so on down.</summary>
    internal static ImmutableArray<StagePlan> StagesInImage(BuildPlan plan)
    {
        var chain = ImmutableArray.Create(plan.Target);
        while (chain[^1].Base is StageSource below)
            chain = chain.Add(plan.Stages.First(s => s.Index == below.Index));
        return chain;
    }

    internal async Task<StageResult> CarryOutAsync(int index, CancellationToken cancellationToken)
    {
        int number = plan.Stages.ToList().FindIndex(stage => stage.Index == index);
        StagePlan stage = plan.Stages[number];
        StageKeys keys = forecast.Keys.Stages[index];
        await schedule.BeginAsync(forecast.SourcesOf(stage));
        StageResult start = stage.Base switch
        {
            StageSource parent => await schedule.GetAsync(parent.Index),
            ScratchSource => StageResult.Nothing,
            { IsImage: true } => (await images.ResolveAsync(stage.Base, stage.FromSpan, cancellationToken)).Result,
            _ => await CopyContextAsync(stage, keys.BaseContent, cancellationToken),
        };
        report(new StageStarted(stage.Name, stage.Title, number + 1, plan.Stages.Length));
        try
        {
            return await stages.RunAsync(new StageTask(stage, keys, forecast.StepsOf(stage), start, IsInImage(stage), plan.Targets is [var only] && only == index), cancellationToken);
        }
        finally
        {
            report(new StageEnded(stage.Name));
        }
    }

    private bool IsInImage(StagePlan stage) => _inImage.Any(one => one.Index == stage.Index);

    private async Task<StageResult> CopyContextAsync(StagePlan stage, Digest? identity, CancellationToken cancellationToken)
    {
        UnixTime now = epoch?.Epoch ?? UnixTime.From(time.GetUtcNow());
        var context = new StepContext(
            Stack.Empty, new Layers.Indexes.StackView(), now, epoch, stage.Config.Platform, IsInImage(stage), $"line {stage.FromSpan.Line} starts from it", stage.Name, report);
        StackLayer layer = await copies.RunAsync(ContextStart.StepOf(stage), context, cancellationToken);
        if (identity is { } content)
            layer.Identity = content;
        return new StageResult(Stack.Empty.Push(layer), []);
    }
}
