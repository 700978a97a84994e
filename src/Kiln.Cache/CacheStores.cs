// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>The stores of a build, as one: a lookup goes to all of them at the same time, and of those that answer the first in order counts; what is saved goes to all that are written to.</summary>
/// <param name="options">What is cached.</param>
/// <param name="sources">Looked into, the nearest first.</param>
/// <param name="targets">Written to; mostly some of the sources.</param>
public sealed class CacheStores(CacheOptions options, IReadOnlyList<ICacheStore> sources, IReadOnlyList<CacheTarget> targets)
{
    private const int ParallelCopies = 4;

    private readonly ConcurrentDictionary<CacheKey, Hit> _hits = new();
    private readonly ConcurrentDictionary<CacheKey, ICacheStore> _finders = new();

    public CacheOptions Options { get; } = options;

    public IReadOnlyList<ICacheStore> Sources { get; } = sources;

    /// <summary>Whether the image gets the entries of its own steps (<see cref="InlineEntries"/>).</summary>
    public bool IsInline { get; init; }

    /// <summary>Whether <see cref="SaveAsync"/> keeps anything at all.</summary>
    public bool IsWritten => targets.Count > 0;

    /// <inheritdoc cref="ICacheStore.FindAsync"/>
    public async Task<CacheEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<CacheEntry?>[] lookups = [.. Sources.Select(store => store.FindAsync(key, enough.Token))];
        CacheEntry? found = null;
        try
        {
            for (int i = 0; i < lookups.Length && found is null; i++)
            {
                found = await lookups[i];
                if (found is not null)
                    (_hits[key], _finders[key]) = (new Hit(found, Sources[i]), Sources[i]);
            }
        }
        finally
        {
            await enough.CancelAsync();
            Task all = Task.WhenAll(lookups);
            await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return found;
    }

    /// <summary>The layer of an entry that was found here.</summary>
    /// <inheritdoc cref="ICacheStore.OpenLayer"/>
    public IBlobSource OpenLayer(CacheEntry entry) => _finders[entry.Key].OpenLayer(entry);

    /// <summary>The store that an entry was found in, for people.</summary>
    public string NameOf(CacheEntry entry) => _finders[entry.Key].Name;

    /// <summary>Keeps an entry in each store whose mode wants it.</summary>
    /// <inheritdoc cref="ICacheStore.SaveAsync"/>
    /// <param name="reach">Where the layer goes.</param>
    public Task SaveAsync(CacheEntry entry, IBlobSource? layer, StepReach reach, CancellationToken cancellationToken) => Task.WhenAll(targets
        .Where(target => target.Mode == CacheMode.Max || reach == StepReach.Image)
        .Select(target => target.Store.SaveAsync(entry, layer, cancellationToken)));

    /// <summary>Ends a build that went well: stores that want to be whole get what was found in others.</summary>
    /// <exception cref="BuildException">Something could not be saved where it has to be.</exception>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelCopies, CancellationToken = cancellationToken };
        foreach (CacheTarget target in targets.Where(target => target.TakesHits))
            await Parallel.ForEachAsync(_hits.Values.Where(hit => hit.Store != target.Store), parallel, async (hit, token) => await CopyAsync(hit, target.Store, token));
        if (targets.FirstOrDefault(target => target is { IsRequired: true, Store.SavingFailure: not null }) is { } failed)
            throw failed.Store.SavingFailure!;
    }

    /// <inheritdoc cref="ICacheStore.ReadPartsAsync"/>
    public async Task<ImmutableArray<KeyPart>> ReadPartsAsync(CacheEntry entry, CancellationToken cancellationToken) =>
        _finders.TryGetValue(entry.Key, out ICacheStore? finder) ? await finder.ReadPartsAsync(entry, cancellationToken) : [];

    /// <summary>The entries of all stores, each key once.</summary>
    public async IAsyncEnumerable<CacheEntry> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<CacheKey>();
        foreach (ICacheStore store in Sources)
        {
            await foreach (CacheEntry entry in store.ListAsync(cancellationToken))
            {
                if (!seen.Add(entry.Key))
                    continue;
                _finders.TryAdd(entry.Key, store);
                yield return entry;
            }
        }
    }

    private static async Task CopyAsync(Hit hit, ICacheStore to, CancellationToken cancellationToken)
    {
        if (await to.FindAsync(hit.Entry.Key, cancellationToken) is not null)
            return;
        CacheEntry whole = hit.Entry with { Parts = await hit.Store.ReadPartsAsync(hit.Entry, cancellationToken) };
        await to.SaveAsync(whole, whole.Layer is null ? null : hit.Store.OpenLayer(whole), cancellationToken);
    }

    /// <summary>What was found, and where.</summary>
    private sealed record Hit(CacheEntry Entry, ICacheStore Store);
}
