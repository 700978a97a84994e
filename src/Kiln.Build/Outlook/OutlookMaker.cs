// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Build.Warming;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Kiln.Sandbox;

namespace Kiln.Build.Outlook;

/// <summary>Puts into words what a forecast means: which layers will be read, and for what.</summary>
/// <param name="plan">What is to be done.</param>
/// <param name="forecast">What is expected of it.</param>
/// <param name="indexes">Listings that are there.</param>
/// <param name="bases">What images that stages start from or copy from consist of.</param>
internal sealed class OutlookMaker(BuildPlan plan, Forecast forecast, IndexCache indexes, IReadOnlyDictionary<SourceReference, Stack> bases)
{
    private readonly Dictionary<Digest, LayerOutlook> _layers = [];
    private readonly Dictionary<int, ImmutableArray<(Descriptor Blob, Digest DiffId, bool IsLocal)>> _ends = [];

    internal PlanOutlook Make(ChosenIsolation? isolation)
    {
        ImmutableArray<StageOutlook> stages = [.. plan.Stages.Select(Look)];
        return new PlanOutlook(stages, [.. _layers.Values], isolation?.Rung.ToString().ToLowerInvariant(), isolation?.WhyNotBetter);
    }

    private StageOutlook Look(StagePlan stage)
    {
        bool isNeeded = forecast.Needs(stage);
        ImmutableArray<StepForecast> forecasts = forecast.StepsOf(stage);
        ImmutableArray<StepKey?> keys = forecast.Keys.Stages[stage.Index].Steps;
        ImmutableArray<(Descriptor, Digest, bool)> stack = StartOf(stage);
        var steps = ImmutableArray.CreateBuilder<StepOutlook>();
        for (int i = 0; i < stage.Steps.Length; i++)
        {
            BuildStep step = stage.Steps[i];
            if (isNeeded && forecasts[i].Verdict is CacheVerdict.Miss or CacheVerdict.NotCached)
                Read(step, stack);
            // What a step makes here is on disk already.
            if (forecasts[i] is { Verdict: CacheVerdict.Hit or CacheVerdict.Undecided, Entry.Layer: { } layer })
                stack = stack.Add((layer.Descriptor, layer.DiffId, false));
            steps.Add(new StepOutlook
            {
                Title = step.Title,
                Line = step.Span.Line,
                Verdict = forecasts[i].Verdict,
                Reason = forecasts[i].Reason,
                Key = keys[i] is { Obstacle: null } key ? key.Definition : null,
                Parts = keys[i]?.DefinitionParts ?? [],
                LayerSize = forecasts[i].Entry?.Layer?.Descriptor.Size,
                Sources = [.. StepKey.StagesOf(step).Select(source => source.Index)],
                Rung = step is RunStep run ? MountNeeds.FindRefusal(run) is null ? "any" : IsolationRung.Namespaces.ToString().ToLowerInvariant() : null,
            });
        }
        _ends[stage.Index] = stack;
        return new StageOutlook(stage.Index, stage.Name, stage.Title, stage.FromSpan.Line, isNeeded, (stage.Base as StageSource)?.Index, steps.ToImmutable());
    }

    private ImmutableArray<(Descriptor, Digest, bool)> StartOf(StagePlan stage) => stage.Base switch
    {
        StageSource parent => _ends[parent.Index],
        { IsImage: true } image => LayersOf(bases[image]),
        _ => [],
    };

    private static ImmutableArray<(Descriptor, Digest, bool)> LayersOf(Stack stack) => [.. stack.Layers.Select(layer => (layer.Descriptor, layer.DiffId, layer.File is not null || layer.Blob is WarmedBlob))];

    private void Read(BuildStep step, ImmutableArray<(Descriptor, Digest, bool)> stack)
    {
        string reason = $"`{step.Title.Split(' ')[0]}` at line {step.Span.Line}";
        Read(stack, step is RunStep, reason);
        IEnumerable<SourceReference> sources = step switch
        {
            CopyStep copy => copy.Sources.Select(source => source.From),
            RunStep run => run.Mounts.Select(mount => mount.From).OfType<SourceReference>(),
            _ => [],
        };
        foreach (SourceReference source in sources)
        {
            if (source is StageSource from)
                Read(_ends[from.Index], true, reason);
            else if (source.IsImage)
                Read(LayersOf(bases[source]), true, reason);
        }
    }

    private void Read(ImmutableArray<(Descriptor Blob, Digest DiffId, bool IsLocal)> stack, bool unpacks, string reason)
    {
        foreach ((Descriptor blob, Digest diffId, bool isLocal) in stack)
        {
            if (_layers.TryGetValue(blob.Digest, out LayerOutlook? known) && (known.IsUnpacked || !unpacks))
                continue;
            if (unpacks || !indexes.Contains(diffId, blob.Digest))
                _layers[blob.Digest] = new LayerOutlook(blob.Digest, blob.Size, !isLocal, unpacks, reason);
        }
    }
}
