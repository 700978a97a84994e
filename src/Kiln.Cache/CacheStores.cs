// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>The stores of a build, as one: a lookup goes to all of them at the same time, and of those that answer the first in order counts; what is saved goes to all that are written to.</summary>
/// <param name="options">What is cached.</param>
/// <param name="sources">Looked into, the nearest first.</param>
/// <param name="targets">Written to; mostly some of the sources.</param>
public sealed class CacheStores(CacheOptions options, IReadOnlyList<ICacheStore> sources, IReadOnlyList<CacheTarget> targets)
{
    private readonly ConcurrentDictionary<CacheKey, ICacheStore> _finders = new();

    public CacheOptions Options { get; } = options;

    public IReadOnlyList<ICacheStore> Sources { get; } = sources;

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
                    _finders[key] = Sources[i];
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

    /// <summary>Keeps an entry in each store whose mode wants it.</summary>
    /// <inheritdoc cref="ICacheStore.SaveAsync"/>
    /// <param name="reach">Where the layer goes.</param>
    public Task SaveAsync(CacheEntry entry, IBlobSource? layer, StepReach reach, CancellationToken cancellationToken) => Task.WhenAll(targets
        .Where(target => target.Mode == CacheMode.Max || reach == StepReach.Image)
        .Select(target => target.Store.SaveAsync(entry, layer, cancellationToken)));

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
}
