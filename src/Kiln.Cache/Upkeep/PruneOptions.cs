// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache.Upkeep;

/// <summary>What stays of a cache. Without limits, only what nobody can use goes.</summary>
public sealed record PruneOptions
{
    /// <summary>What was used in this time stays; null for all.</summary>
    public TimeSpan? KeepFor { get; init; }

    /// <summary>So many bytes of layers stay at most, those that were used last; null for all.</summary>
    public long? KeepBytes { get; init; }

    /// <summary>Nothing is removed.</summary>
    public bool IsTrial { get; init; }
}
