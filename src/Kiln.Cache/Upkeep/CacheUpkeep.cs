// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Cache.Entries;
using Kiln.Cache.Media;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache.Upkeep;

/// <summary>Looks after a cache, while builds use it or not. Other than a build, it fails where something cannot be done.</summary>
public sealed class CacheUpkeep
{
    private const int ParallelLayers = 4;

    private readonly ICacheMedium _medium;
    private readonly TimeProvider _time;

    internal CacheUpkeep(ICacheMedium medium, TimeProvider time) => (_medium, _time) = (medium, time);

    public string Name => _medium.Name;

    public async IAsyncEnumerable<CachedItem> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (ListedEntry entry in _medium.ListAsync(cancellationToken))
            yield return Describe(entry);
    }

    public async Task<CacheUsage> MeasureAsync(CancellationToken cancellationToken)
    {
        List<ListedEntry> entries = await ReadAsync(cancellationToken);
        BlobSweep unwanted = await _medium.SweepAsync(DigestsOf(entries), removes: false, cancellationToken);
        int layers = entries.Select(entry => entry.Stored?.Entry.Layer?.Descriptor.Digest).OfType<Digest>().Distinct().Count();
        return new CacheUsage(entries.Count, entries.Count(entry => entry.Flaw is not null), layers, SizeOf(entries), unwanted.Bytes);
    }

    public async Task<PruneSummary> PruneAsync(PruneOptions options, CancellationToken cancellationToken)
    {
        List<ListedEntry> all = await ReadAsync(cancellationToken);
        List<ListedEntry> kept = [.. Keep(all, options)];
        List<ListedEntry> removed = [.. all.Except(kept)];
        if (!options.IsTrial && removed.Count > 0)
            await _medium.RemoveAsync(removed, cancellationToken);
        BlobSweep unwanted = await _medium.SweepAsync(DigestsOf(kept), removes: !options.IsTrial, cancellationToken);
        // Registries and trials do not say what they free.
        long freed = Math.Max(unwanted.Bytes, SizeOf(all) - SizeOf(kept));
        return new PruneSummary([.. removed.Select(Describe)], kept.Count, freed);
    }

    /// <summary>Reads every layer of every entry, each once: what has another digest or diff id is bad, and so is the entry.</summary>
    /// <param name="removes">Whether bad entries are removed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many entries there were, and the bad ones.</returns>
    public async Task<(int Count, ImmutableArray<CachedItem> Bad)> VerifyAsync(bool removes, CancellationToken cancellationToken)
    {
        List<ListedEntry> entries = await ReadAsync(cancellationToken);
        var bad = new ConcurrentBag<ListedEntry>(entries.Where(entry => entry.Flaw is not null));
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelLayers, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            entries.Where(entry => entry is { Flaw: null, Stored.Entry.Layer: not null }).GroupBy(entry => Claim(entry)),
            options,
            async (same, token) =>
            {
                if (await FindFlawAsync(same.First().Stored!.Entry.Layer!, token) is not { } flaw)
                    return;
                foreach (ListedEntry entry in same)
                    bad.Add(entry with { Flaw = flaw });
            });
        ListedEntry[] all = [.. bad.OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        if (removes && all.Length > 0)
        {
            await _medium.RemoveAsync(all, cancellationToken);
            foreach (Descriptor layer in all.Select(entry => entry.Stored?.Entry.Layer?.Descriptor).OfType<Descriptor>())
                await DiscardWrongAsync(layer, cancellationToken);
        }
        return (entries.Count, [.. all.Select(Describe)]);
    }

    private static (Digest Digest, Digest DiffId) Claim(ListedEntry entry) => (entry.Stored!.Entry.Layer!.Descriptor.Digest, entry.Stored.Entry.Layer.DiffId);

    /// <summary>The blob goes only where it is itself not what its name says: a right one may be other entries' too.</summary>
    private async Task DiscardWrongAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream stream = VerifyingStream.Of(await _medium.OpenBlob(layer).OpenAsync(cancellationToken), layer, Name);
            await stream.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.ContentMismatch)
        {
            _medium.Discard(layer);
        }
        catch (BuildException)
        {
            // It is not there, or cannot be read: then there is nothing to be discarded.
        }
    }

    private async Task<string?> FindFlawAsync(CachedLayer layer, CancellationToken cancellationToken)
    {
        try
        {
            await LayerCheck.RunAsync(_medium.OpenBlob(layer.Descriptor), layer.DiffId, cancellationToken);
            return null;
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.ContentMismatch || e.Diagnostic.Rule == DiagnosticRules.CacheEntryBroken
            || e.Diagnostic.Rule == DiagnosticRules.BlobUnreadable || e.Diagnostic.Rule == DiagnosticRules.NotInRegistry)
        {
            return e.Message;
        }
    }

    /// <summary>The last used first, as long as they fit; what is broken never.</summary>
    private IEnumerable<ListedEntry> Keep(List<ListedEntry> all, PruneOptions options)
    {
        var counted = new HashSet<Digest>();
        long size = 0;
        foreach (ListedEntry entry in all.Where(entry => entry.Flaw is null).OrderByDescending(entry => entry.LastUsed))
        {
            size += entry.Blobs.Where(blob => counted.Add(blob.Digest)).Sum(blob => blob.Size);
            if ((options.KeepFor is { } time && _time.GetUtcNow() - entry.LastUsed > time) || size > options.KeepBytes)
                yield break;
            yield return entry;
        }
    }

    private async Task<List<ListedEntry>> ReadAsync(CancellationToken cancellationToken) => await _medium.ListAsync(cancellationToken).ToListAsync(cancellationToken);

    private static HashSet<Digest> DigestsOf(IEnumerable<ListedEntry> entries) =>
        [EntryManifest.NoLayer.Digest, .. entries.SelectMany(entry => entry.Blobs).Select(blob => blob.Digest)];

    private static long SizeOf(IEnumerable<ListedEntry> entries) => entries.SelectMany(entry => entry.Blobs).DistinctBy(blob => blob.Digest).Sum(blob => blob.Size);

    private static CachedItem Describe(ListedEntry entry) => new(
        entry.Name,
        entry.Stored?.Entry.Title,
        entry.Stored?.Entry.Layer?.Descriptor.Size ?? 0,
        entry.Stored?.Saved.ToDateTimeOffset(),
        entry.LastUsed,
        entry.Flaw);
}
