// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>
/// A place where results of steps are kept, shared by any number of builds at a time. A cache never fails a build: what is broken, cut off, tampered with or out
/// of reach is a miss, of which the store warns once; what cannot be saved is told and left. Only cancellation is thrown.
/// </summary>
public interface ICacheStore
{
    /// <summary>For people, as it was written: `registry.example/team/cache`, `oci:/var/cache/kiln`.</summary>
    string Name { get; }

    /// <summary>Why an entry could not be saved; null where none failed.</summary>
    BuildException? SavingFailure { get; }

    /// <summary>Looks an entry up, by one small request; called for all steps of a plan at the same time. Null where there is none that can be used. It comes without its parts.</summary>
    Task<CacheEntry?> FindAsync(CacheKey key, CancellationToken cancellationToken);

    /// <summary>The layer of an entry that this store found. Its bytes are checked by their digest as they are read; it says where it lies, for it to be mounted.</summary>
    IBlobSource OpenLayer(CacheEntry entry);

    /// <summary>Keeps an entry; the layer first, so that no entry is ever found without it. Without effect where the store is only read.</summary>
    /// <param name="entry">The result.</param>
    /// <param name="layer">Its layer; null where it has none.</param>
    /// <param name="cancellationToken">Ends it and leaves nothing half-written.</param>
    Task SaveAsync(CacheEntry entry, IBlobSource? layer, CancellationToken cancellationToken);

    /// <summary>What the key of an entry was made of, for people; nothing where that is not kept or cannot be read.</summary>
    Task<ImmutableArray<KeyPart>> ReadPartsAsync(CacheEntry entry, CancellationToken cancellationToken);

    /// <summary>All entries that can be used, without their parts, in no order. In a registry it takes a request for each.</summary>
    IAsyncEnumerable<CacheEntry> ListAsync(CancellationToken cancellationToken);
}
