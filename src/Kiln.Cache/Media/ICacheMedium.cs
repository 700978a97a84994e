// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache.Entries;
using Kiln.Oci;

namespace Kiln.Cache.Media;

/// <summary>
/// What a store needs of the thing that keeps it: manifests by key, and blobs. Whatever goes wrong is thrown; the store decides what that means. An entry becomes
/// visible in one step, when all its blobs are there.
/// </summary>
internal interface ICacheMedium
{
    /// <summary>For people, as they wrote it.</summary>
    string Name { get; }

    /// <summary>Null where there is none, or somebody else's.</summary>
    /// <exception cref="Diagnostics.BuildException">It is broken, or the medium is out of reach.</exception>
    Task<StoredEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>A blob, checked as it is read.</summary>
    IBlobSource OpenBlob(Descriptor descriptor);

    /// <summary>Removes a blob that is not what its name says, where that can be done: from then on its entries are misses.</summary>
    void Discard(Descriptor descriptor);

    Task SaveAsync(NewEntry entry, CancellationToken cancellationToken);

    /// <summary>All that is kept as an entry of ours, also what is broken.</summary>
    IAsyncEnumerable<ListedEntry> ListAsync(CancellationToken cancellationToken);

    Task RemoveAsync(IReadOnlyList<ListedEntry> entries, CancellationToken cancellationToken);

    /// <summary>Finds blobs that no entry names and that nobody has used for a while, and removes them unless it is only asked. Registries see to that themselves.</summary>
    /// <param name="kept">What the entries name.</param>
    /// <param name="removes">Whether they are removed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<BlobSweep> SweepAsync(IReadOnlySet<Digest> kept, bool removes, CancellationToken cancellationToken);
}
