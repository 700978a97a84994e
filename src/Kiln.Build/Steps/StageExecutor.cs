// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Cache;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Build.Steps;

/// <summary>
/// Takes the steps of a stage, one on top of the other. A step is 1. what another stage has come to by the same step on the same layers, 2. what a cache has of its definition, 3. what a cache has of its
/// content, and only then 4. carried out, and kept. The files of the stage are looked at when a step that is carried out wants them.
/// </summary>
/// <param name="depot">Makes of layers what is asked for.</param>
/// <param name="runners">Carry steps out.</param>
/// <param name="schedule">Has the other stages, and the turns.</param>
/// <param name="cache">Results of earlier builds; null where nothing is cached.</param>
/// <param name="keys">Makes keys by content.</param>
/// <param name="epoch">What SOURCE_DATE_EPOCH makes of times.</param>
/// <param name="time">The clock.</param>
/// <param name="report">Where events go.</param>
internal sealed class StageExecutor(
    LayerDepot depot, StepRunners runners, StageSchedule schedule, BuildCache? cache, KeyMaker keys, EpochRule? epoch, TimeProvider time, Action<BuildEvent> report)
{
    private readonly ConcurrentDictionary<(CacheKey Definition, Digest? Below), Lazy<Task<StepResult>>> _steps = new();

    /// <summary>What a stack in the image gains of a cache is sent on its way at once.</summary>
    internal required Action<StackLayer> BeginUpload { get; init; }

    internal async Task<StageResult> RunAsync(StageTask stage, CancellationToken cancellationToken)
    {
        StageResult result = stage.Start;
        var view = new StageView(depot);
        for (int i = 0; i < stage.Plan.Steps.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            BuildStep step = stage.Plan.Steps[i];
            report(new StepStarted(stage.Plan.Name, step.Title, i + 1, stage.Plan.Steps.Length, step.Span));
            long began = time.GetTimestamp();
            StepResult? made = null;
            if (stage.Keys.Steps[i] is { } key)
            {
                (int number, Stack below) = (i, result.Stack);
                try
                {
                    // Step 1
                    made = await _steps.GetOrAdd(
                        (key.Definition, below.Identity),
                        _ => new Lazy<Task<StepResult>>(() => TakeAsync(stage, number, key, below, view, cancellationToken))).Value;
                }
                catch (Exception e)
                {
                    StepOutcome outcome = e is OperationCanceledException ? StepOutcome.Stopped : StepOutcome.Failed;
                    report(new StepEnded(stage.Plan.Name, number + 1, time.GetElapsedTime(began), outcome, LayerSize: null));
                    throw;
                }
            }
            if (made is not null && cache is not null && stage.InImage && stage.Steps[i].Verdict != CacheVerdict.NotCached)
                cache.Note(EntryOf(made, stage.Keys.Steps[i]!, result.Stack.Identity));
            result = Append(result, step, made);
            StepOutcome came = made is null ? StepOutcome.Metadata : made.Cache is null ? StepOutcome.Built : StepOutcome.Cached;
            report(new StepEnded(stage.Plan.Name, i + 1, time.GetElapsedTime(began), came, made?.Layer.Descriptor.Size)
            {
                LayerDigest = made?.Layer.Descriptor.Digest.ToString(),
                Cache = made?.Cache,
            });
        }
        return result;
    }

    private async Task<StepResult> TakeAsync(StageTask stage, int number, StepKey key, Stack stack, StageView view, CancellationToken cancellationToken)
    {
        StepForecast forecast = stage.Steps[number];
        Digest? below = stack.Identity;
        // Step 2
        if (forecast.Verdict is CacheVerdict.Hit or CacheVerdict.Undecided && forecast.Entry!.Parent == below)
            return Use(forecast.Entry, key, below, stage.InImage);
        foreach (StageSource source in StepKey.StagesOf(key.Step))
            await schedule.GetAsync(source.Index);
        await schedule.Turns.WaitAsync(cancellationToken);
        try
        {
            // Step 3
            bool isCached = cache is not null && forecast.Verdict != CacheVerdict.NotCached;
            ImmutableArray<KeyPart> content = isCached ? await keys.FindContentAsync(key, stage.Plan, cancellationToken) : key.Parts;
            if (isCached && await cache!.FindAsync(key.ContentKey(below, content), below, cancellationToken) is { } found)
            {
                StepResult used = Use(found, key, below, stage.InImage);
                cache.Save([found with { Key = key.Definition, Parts = key.DefinitionParts }], used.Layer, Reach(stage));
                return used;
            }
            // Step 4
            StepResult made = await CarryOutAsync(stage, number, key, stack, view, cancellationToken);
            if (isCached)
                Keep(made, key, content, below, Reach(stage));
            else if (cache is not null && key is { Obstacle: null, Step: not RunStep } && epoch is null && forecast.Entry is null)
                KeepTime(made, key, below, Reach(stage));
            return made;
        }
        finally
        {
            schedule.Turns.Release();
        }
    }

    private async Task<StepResult> CarryOutAsync(StageTask stage, int number, StepKey key, Stack stack, StageView view, CancellationToken cancellationToken)
    {
        ImmutableArray<BuildStep> steps = stage.Plan.Steps;
        string reason = Reason(key.Step);
        BuildStep? run = steps.Zip(stage.Steps).Skip(number).FirstOrDefault(later => later is { First: RunStep, Second.Verdict: not CacheVerdict.Hit }).First;
        // Unpacking reads the layers' indexes too.
        if (!view.Has(stack) && run is not null)
            await depot.UnpackAsync(stack, Reason(run), cancellationToken);
        StackView files = await view.ReadAsync(stack, reason, cancellationToken);
        // What an earlier build made at some time is made with that time again.
        Timestamp? earlier = stage.Steps[number] is { Verdict: CacheVerdict.NotCached, Entry: { } memo } && key.Step is not RunStep ? memo.Created : null;
        Timestamp began = epoch is { } given ? Timestamp.FromUnixTimeSeconds(given.Epoch.Seconds) : earlier ?? Timestamp.From(time.GetUtcNow());
        UnixTime now = epoch?.Epoch ?? UnixTime.From(began.ToDateTimeOffset());
        var context = new StepContext(stack, files, now, epoch, stage.Plan.Config.Platform, stage.InImage, reason, stage.Plan.Name, report)
        {
            Number = number + 1,
            IsLast = stage.IsTarget && steps[(number + 1)..].All(later => later is MetadataStep),
        };
        StackLayer layer = await runners.RunAsync(key.Step, context, cancellationToken);
        if (key is { CopiesFromOutside: true, Obstacle: null })
            layer.Identity = key.ContentKey(stack.Identity).Value;
        // The time that is in the layer is the one that is kept: to make the layer again takes that very time. A `RUN` has times of its own.
        Timestamp created = epoch is null && key.Step is RunStep ? Timestamp.From(time.GetUtcNow()) : began;
        return new StepResult(layer, created, Cache: null);
    }

    private StepResult Use(CacheEntry entry, StepKey key, Digest? below, bool inImage)
    {
        StackLayer layer = cache!.Open(entry);
        if (key.CopiesFromOutside)
            layer.Identity = key.ContentKey(below).Value;
        if (inImage)
            BeginUpload(layer);
        return new StepResult(layer, entry.Created, cache.NameOf(entry));
    }

    private void Keep(StepResult made, StepKey key, ImmutableArray<KeyPart> content, Digest? below, StepReach reach)
    {
        depot.KeepIndex(made.Layer);
        CacheEntry entry = EntryOf(made, key, below);
        cache!.Save(
            [
                entry with { Parts = key.DefinitionParts },
                entry with { Key = key.ContentKey(below, content), Parts = key.ContentParts(below, content) },
            ],
            made.Layer,
            reach);
    }

    /// <summary>A step whose layer is not to be kept is made again, and comes to the same if the time is the same: of it the time alone is kept.</summary>
    private void KeepTime(StepResult made, StepKey key, Digest? below, StepReach reach) => cache!.Save([Entry(made, key, below) with { Parts = key.DefinitionParts }], null, reach);

    private static CacheEntry EntryOf(StepResult made, StepKey key, Digest? below) =>
        Entry(made, key, below) with { Layer = new CachedLayer(made.Layer.Descriptor, made.Layer.DiffId) };

    private static CacheEntry Entry(StepResult made, StepKey key, Digest? below) =>
        new() { Key = key.Definition, Parent = below, Layer = null, Created = made.Created, Title = key.Step.Title };

    private static StepReach Reach(StageTask stage) => stage.InImage ? StepReach.Image : StepReach.OtherStage;

    private StageResult Append(StageResult result, BuildStep step, StepResult? made)
    {
        var entry = new HistoryEntry
        {
            Created = made?.Created ?? (epoch is null ? null : Timestamp.FromUnixTimeSeconds(epoch.Epoch.Seconds)),
            CreatedBy = step.CreatedBy,
            Comment = "buildkit.dockerfile.v0",
            EmptyLayer = made is null,
        };
        return new StageResult(made is null ? result.Stack : result.Stack.Push(made.Layer), result.History.Add(entry));
    }

    private static string Reason(BuildStep step) => $"`{step.Title.Split(' ')[0]}` at line {step.Span.Line} needs it";
}
