// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Cache;

namespace Kiln.Build.Outlook;

/// <summary>What becomes of a step.</summary>
public sealed record StepOutlook
{
    public required string Title { get; init; }

    public required int Line { get; init; }

    public required CacheVerdict Verdict { get; init; }

    /// <summary>More about the verdict; null where it says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>The key of its definition; null where it has none.</summary>
    public CacheKey? Key { get; init; }

    /// <summary>What the key was made of.</summary>
    public ImmutableArray<KeyPart> Parts { get; init; } = [];

    /// <summary>The size of the layer that was found, in bytes.</summary>
    public long? LayerSize { get; init; }

    /// <summary>The indexes of the stages that it takes files from.</summary>
    public ImmutableArray<int> Sources { get; init; } = [];

    /// <summary>The least rung that a `RUN` needs; null of other steps.</summary>
    public string? Rung { get; init; }
}
