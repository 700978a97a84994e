// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Kiln.Build.Caching;
using Kiln.Cache;

namespace Kiln.Build.Outlook;

/// <summary>
/// Finds for each step that is not in a cache the entry that is most like it: of the same instruction, made by definition, with the most parts in common. What such an entry does not share is why the step is not found.
/// </summary>
public sealed class MissExplainer(CacheStores stores)
{
    /// <summary>So many entries are looked at for a step, the likeliest first: each may take a request.</summary>
    private const int MostCompared = 32;

    private readonly ConcurrentDictionary<CacheKey, Lazy<Task<ImmutableArray<KeyPart>>>> _parts = new();

    public async Task<IReadOnlyList<MissExplanation>> ExplainAsync(PlanOutlook outlook, CancellationToken cancellationToken)
    {
        List<(StageOutlook Stage, StepOutlook Step)> missed =
            [.. outlook.Stages.SelectMany(stage => stage.Steps.Where(step => step.Verdict == CacheVerdict.Miss).Select(step => (stage, step)))];
        if (missed.Count == 0)
            return [];
        var entries = new List<CacheEntry>();
        await foreach (CacheEntry entry in stores.ListAsync(cancellationToken))
            entries.Add(entry);
        var explanations = new List<MissExplanation>();
        foreach ((StageOutlook stage, StepOutlook step) in missed)
            explanations.Add(await ExplainAsync(stage, step, entries, cancellationToken));
        return explanations;
    }

    private async Task<MissExplanation> ExplainAsync(StageOutlook stage, StepOutlook step, List<CacheEntry> entries, CancellationToken cancellationToken)
    {
        CacheEntry[] likely = [.. entries
            .Where(entry => WordOf(entry.Title) == WordOf(step.Title))
            .OrderByDescending(entry => CommonStart(entry.Title, step.Title))
            .ThenByDescending(entry => entry.Created)
            .Take(MostCompared)];
        ImmutableArray<KeyPart>[] parts = await Task.WhenAll(likely.Select(entry => ReadPartsAsync(entry, cancellationToken)));
        var compared = likely.Zip(parts)
            .Where(pair => pair.Second.Contains(new KeyPart("key", "definition")))
            .Select(pair => (Entry: pair.First, Differences: Compare(pair.Second, step.Parts)))
            // What is below is all that the steps there are, so of two entries the one that shares it is the nearer.
            .OrderBy(pair => pair.Differences.Length + (pair.Differences.Any(difference => difference.IsBelow) ? 1 : 0))
            .ToList();
        return compared is [var nearest, ..]
            ? new MissExplanation(stage, step, nearest.Entry, nearest.Differences)
            : new MissExplanation(stage, step, null, []);
    }

    private Task<ImmutableArray<KeyPart>> ReadPartsAsync(CacheEntry entry, CancellationToken cancellationToken) =>
        _parts.GetOrAdd(entry.Key, _ => new Lazy<Task<ImmutableArray<KeyPart>>>(() => stores.ReadPartsAsync(entry, cancellationToken))).Value;

    /// <summary>In the order of the step's parts, and behind them what the step has no more.</summary>
    internal static ImmutableArray<PartDifference> Compare(ImmutableArray<KeyPart> were, ImmutableArray<KeyPart> are)
    {
        Dictionary<string, string> old = were.DistinctBy(part => part.Name).ToDictionary(part => part.Name, part => part.Value, StringComparer.Ordinal);
        HashSet<string> now = are.Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. are.Where(part => old.GetValueOrDefault(part.Name) != part.Value).Select(part => new PartDifference(part.Name, old.GetValueOrDefault(part.Name), part.Value)),
            .. were.Where(part => !now.Contains(part.Name)).Select(part => new PartDifference(part.Name, part.Value, null)),
        ];
    }

    private static string WordOf(string title) => title.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var word, ..] ? word.ToUpperInvariant() : "";

    private static int CommonStart(string one, string other) => one.AsSpan().CommonPrefixLength(other);
}
