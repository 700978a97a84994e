// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>
/// What a step came to. It stands for the step only where the stack below is the one it was made on: whoever finds an entry compares <see cref="Parent"/>.
/// </summary>
public sealed record CacheEntry
{
    public required CacheKey Key { get; init; }

    /// <summary>The chain id of the stack below (OCI image specification, config.md, "Layer ChainID"); null for no layer at all.</summary>
    public required Digest? Parent { get; init; }

    /// <summary>Null where the step made no layer.</summary>
    public required CachedLayer? Layer { get; init; }

    /// <summary>When the step was carried out: an unchanged build has an unchanged digest.</summary>
    public required Timestamp Created { get; init; }

    /// <summary>The instruction, for people.</summary>
    public required string Title { get; init; }

    /// <summary>What the key was made of.</summary>
    public ImmutableArray<KeyPart> Parts { get; init; } = [];
}
