// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;
using Kiln.Cache;
using Kiln.Oci;
using Kiln.Planning.Steps;

namespace Kiln.Build.Caching;

/// <summary>
/// How a build uses its caches: it looks the steps of a plan up, all at the same time, puts the layers that were found on stacks without moving them, and keeps what steps came to, in the background. It waits for
/// what is still being kept when it is disposed, and a build never fails for it.
/// </summary>
/// <param name="stores">The caches.</param>
/// <param name="lost">Layers that are not to be counted on.</param>
/// <param name="report">Where events go.</param>
/// <param name="cancellationToken">Ends what is being kept.</param>
internal sealed class BuildCache(CacheStores stores, LostLayers lost, Action<BuildEvent> report, CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int ParallelSaves = 4;

    private readonly SemaphoreSlim _turns = new(ParallelSaves);
    private readonly ConcurrentBag<Task> _saves = [];
    private readonly ConcurrentDictionary<CacheKey, CacheEntry> _own = new();

    /// <summary>Why steps of a kind are not cached; null where they are.</summary>
    internal string? FindExclusion(BuildStep step) => step switch
    {
        CopyStep when !stores.Options.CopyLayers => "`--cache-copy-layers` is not given",
        RunStep or WorkdirStep when !stores.Options.RunLayers => "`--cache-run-layers=false` is given",
        _ => null,
    };

    /// <summary>What there is of the steps of a plan, by definition. Of steps that are not cached only their times are asked for, and only where these are not given.</summary>
    internal async Task<IReadOnlyDictionary<CacheKey, CacheEntry>> LookUpAsync(PlanKeys keys, bool timesAreGiven, CancellationToken token)
    {
        CacheKey[] asked = [.. keys.All.Where(key => key.Obstacle is null && (FindExclusion(key.Step) is null || (!timesAreGiven && key.Step is not RunStep))).Select(key => key.Definition).Distinct()];
        CacheEntry?[] found = await Task.WhenAll(asked.Select(key => stores.FindAsync(key, token)));
        return found.OfType<CacheEntry>().Where(entry => entry.Layer is null || !lost.Contains(entry.Layer.Descriptor.Digest)).ToDictionary(entry => entry.Key);
    }

    /// <summary>The result by content; null where there is none.</summary>
    internal async Task<CacheEntry?> FindAsync(CacheKey key, Digest? below, CancellationToken token) =>
        await stores.FindAsync(key, token) is { Layer: { } layer } entry && entry.Parent == below && !lost.Contains(layer.Descriptor.Digest) ? entry : null;

    /// <summary>The layer of an entry, to be put on a stack. Nothing of it is fetched.</summary>
    internal StackLayer Open(CacheEntry entry) => new(new CachedBlob(stores.OpenLayer(entry), entry, lost), entry.Layer!.DiffId);

    /// <summary>The store that an entry was found in, for people.</summary>
    internal string NameOf(CacheEntry entry) => stores.NameOf(entry);

    /// <summary>Keeps a result under a key, in the background.</summary>
    /// <param name="entries">The same result under all keys that it is to be found by.</param>
    /// <param name="layer">Its layer; null where only the time is kept.</param>
    /// <param name="reach">Where the layer goes.</param>
    internal void Save(IReadOnlyList<CacheEntry> entries, StackLayer? layer, StepReach reach)
    {
        if (stores.IsWritten)
            _saves.Add(Task.Run(() => SaveAsync(entries, layer, reach), CancellationToken.None));
    }

    /// <summary>Takes note of what a step of the image itself came to, whether it was found or carried out.</summary>
    internal void Note(CacheEntry entry) => _own[entry.Key] = entry;

    /// <summary>The image's configuration, with its steps where it is to have them.</summary>
    internal ImageConfig Complete(ImageConfig config) => stores.IsInline ? InlineEntries.Write(config, _own.Values) : config;

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_saves);
        _turns.Dispose();
    }

    private async Task SaveAsync(IReadOnlyList<CacheEntry> entries, StackLayer? layer, StepReach reach)
    {
        try
        {
            IBlobSource? blob = null;
            if (layer is not null)
            {
                blob = layer.File ?? layer.Blob;
                // Once it is in the registry, a cache in the same one mounts it from there.
                if (await layer.Place.WaitAsync(cancellationToken) is { } place)
                    blob = new LocatedBlob(blob, place);
            }
            await _turns.WaitAsync(cancellationToken);
            try
            {
                foreach (CacheEntry entry in entries)
                    await stores.SaveAsync(entry, blob, reach, cancellationToken);
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception e)
        {
            report(new Notice(NoticeLevel.Warning, $"`{entries[0].Title}` is not kept in the cache: {e.Message}"));
        }
    }
}
