// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Cache.Media;

/// <summary>An entry on its way to a medium.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Manifest">Goes there last.</param>
/// <param name="Annotations">The manifest's, for an index that lists it.</param>
/// <param name="Blobs">What the manifest names.</param>
internal sealed record NewEntry(
    CacheKey Key, RawDocument Manifest, ImmutableSortedDictionary<string, string> Annotations, ImmutableArray<IBlobSource> Blobs);
