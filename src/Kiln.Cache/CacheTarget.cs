// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>A store that a build writes to.</summary>
/// <param name="Store">The store.</param>
/// <param name="Mode">Which steps it keeps.</param>
public sealed record CacheTarget(ICacheStore Store, CacheMode Mode)
{
    /// <summary>At the end of the build it gets what other stores had, so that it is whole by itself, as BuildKit's exports are.</summary>
    public bool TakesHits { get; init; }

    /// <summary>The build fails where something cannot be saved there.</summary>
    public bool IsRequired { get; init; }
}
