// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache.Entries;
using Kiln.Oci;

namespace Kiln.Cache.Media;

/// <summary>An entry as it is found in a medium.</summary>
/// <param name="Name">The medium's own name for it: a file's, a tag, a key.</param>
/// <param name="Stored">What it says; null where it is broken.</param>
/// <param name="LastUsed">When it was found last, as far as the medium keeps that, else when it was saved.</param>
internal sealed record ListedEntry(string Name, StoredEntry? Stored, DateTimeOffset LastUsed)
{
    /// <summary>What is wrong with it; null where nothing is.</summary>
    internal string? Flaw { get; init; }

    /// <summary>Its manifest, where the medium removes it by its digest.</summary>
    internal Digest? Manifest { get; init; }

    /// <summary>All blobs that it needs.</summary>
    internal IEnumerable<Descriptor> Blobs => new[] { Stored?.Entry.Layer?.Descriptor, Stored?.Parts }.OfType<Descriptor>();
}
