// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Stacks;
using Kiln.Cache;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>
/// What a build will do, as far as it can be told before: which steps have their results in a cache, and which stages are needed for those that have not. A pure function of the plan, its keys and what was
/// found; the build itself goes by it, and so does whoever asks for the plan.
/// </summary>
internal sealed class Forecast
{
    private readonly BuildPlan _plan;
    private readonly PlanKeys _keys;
    private readonly Func<BuildStep, string?> _exclusion;
    private readonly IReadOnlyDictionary<CacheKey, CacheEntry> _found;
    private readonly IReadOnlyDictionary<int, Stack> _bases;
    private readonly Dictionary<int, (ImmutableArray<StepForecast> Steps, Known End)> _stages = [];
    private readonly HashSet<int> _needed = [];

    /// <param name="plan">What is to be done.</param>
    /// <param name="keys">The keys of its steps.</param>
    /// <param name="exclusion">Why a kind of step is not cached; null where it is.</param>
    /// <param name="found">What the caches have, by definition.</param>
    /// <param name="bases">What stages start from that start from an image.</param>
    internal Forecast(
        BuildPlan plan, PlanKeys keys, Func<BuildStep, string?> exclusion, IReadOnlyDictionary<CacheKey, CacheEntry> found, IReadOnlyDictionary<int, Stack> bases)
    {
        (_plan, _keys, _exclusion, _found, _bases) = (plan, keys, exclusion, found, bases);
        foreach (StagePlan stage in plan.Stages)
            _stages[stage.Index] = Foresee(stage);
        foreach (int target in plan.Targets)
            Need(plan.Stages.First(stage => stage.Index == target));
    }

    internal PlanKeys Keys => _keys;

    /// <summary>The stages of which something has to be carried out or stacked: the targets, what they start from, and what steps take files from that may be carried out.</summary>
    internal bool Needs(StagePlan stage) => _needed.Contains(stage.Index);

    internal ImmutableArray<StepForecast> StepsOf(StagePlan stage) => _stages[stage.Index].Steps;

    /// <summary>Whether nothing at all will be carried out.</summary>
    internal bool IsAllHits => _plan.Stages.Where(Needs).All(stage => StepsOf(stage).All(step => step.Verdict is CacheVerdict.Hit or CacheVerdict.Metadata));

    /// <summary>Whether a `RUN` may be carried out.</summary>
    internal bool MayRun => _plan.Stages.Where(Needs).Any(stage => stage.Steps.Zip(StepsOf(stage)).Any(step => step.First is RunStep && step.Second.Verdict != CacheVerdict.Hit));

    /// <summary>The stages that will surely be needed for one: they can begin at once. In the order of the file.</summary>
    internal IEnumerable<int> SourcesOf(StagePlan stage) => stage.Steps.Zip(StepsOf(stage))
        .Where(step => step.Second.NeedsSources)
        .SelectMany(step => StepKey.StagesOf(step.First))
        .Concat(stage.Base is StageSource parent ? [parent] : [])
        .Select(source => source.Index)
        .Distinct()
        .Order();

    private (ImmutableArray<StepForecast>, Known) Foresee(StagePlan stage)
    {
        StageKeys keys = _keys.Stages[stage.Index];
        Known below = stage.Base switch
        {
            StageSource parent => _stages[parent.Index].End,
            ScratchSource => new Known(true, null),
            { IsImage: true } => new Known(true, _bases[stage.Index].Identity),
            _ => new Known(keys.BaseContent is not null, keys.BaseContent),
        };
        var steps = ImmutableArray.CreateBuilder<StepForecast>();
        for (int i = 0; i < stage.Steps.Length; i++)
        {
            if (keys.Steps[i] is not { } key)
            {
                steps.Add(StepForecast.Metadata);
                continue;
            }
            StepForecast step = Foresee(key, below);
            steps.Add(step);
            below = Above(below, key, step);
        }
        return (steps.ToImmutable(), below);
    }

    private StepForecast Foresee(StepKey key, Known below)
    {
        CacheEntry? entry = _found.GetValueOrDefault(key.Definition);
        if ((key.Obstacle ?? _exclusion(key.Step)) is { } why)
            return new StepForecast(CacheVerdict.NotCached, entry, why);
        if (entry?.Layer is null)
            return new StepForecast(CacheVerdict.Miss, null, null);
        if (!below.IsKnown)
            return new StepForecast(CacheVerdict.Undecided, entry, "a step below is not in a cache");
        return entry.Parent == below.Identity
            ? new StepForecast(CacheVerdict.Hit, entry, null)
            : new StepForecast(CacheVerdict.Miss, null, "its result was made on other layers");
    }

    /// <summary>What the stack is known by with the step's layer.</summary>
    private static Known Above(Known below, StepKey key, StepForecast step)
    {
        if (!below.IsKnown || key.Obstacle is not null)
            return default;
        if (key.CopiesFromOutside)
            return new Known(true, Stack.ChainId(below.Identity, key.ContentKey(below.Identity).Value));
        return step is { Verdict: CacheVerdict.Hit, Entry.Layer: { } layer } ? new Known(true, Stack.ChainId(below.Identity, layer.DiffId)) : default;
    }

    private void Need(StagePlan stage)
    {
        if (!_needed.Add(stage.Index))
            return;
        if (stage.Base is StageSource parent)
            Need(Find(parent.Index));
        foreach ((BuildStep step, StepForecast forecast) in stage.Steps.Zip(StepsOf(stage)))
            if (forecast.Verdict is not (CacheVerdict.Hit or CacheVerdict.Metadata))
                foreach (StageSource source in StepKey.StagesOf(step))
                    Need(Find(source.Index));
    }

    private StagePlan Find(int index) => _plan.Stages.First(stage => stage.Index == index);

    /// <summary>What a stack is known by, where that can be told.</summary>
    private readonly record struct Known(bool IsKnown, Digest? Identity);
}
