// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;

namespace Kiln.Build.Caching;

/// <summary>What is to be expected of a step.</summary>
/// <param name="Verdict">What the caches say.</param>
/// <param name="Entry">What they have; null where that is nothing.</param>
/// <param name="Reason">Why it is not looked up or not decided, for people; null where the verdict says it all.</param>
internal sealed record StepForecast(CacheVerdict Verdict, CacheEntry? Entry, string? Reason)
{
    internal static StepForecast Metadata { get; } = new(CacheVerdict.Metadata, null, null);

    /// <summary>It is surely carried out, or looked up by what is in the files that it reads: where they come from is needed.</summary>
    internal bool NeedsSources => Verdict is CacheVerdict.Miss or CacheVerdict.NotCached;
}
