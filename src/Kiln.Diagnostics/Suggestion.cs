// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>Finds the name that was probably meant.</summary>
public static class Suggestion
{
    /// <summary>The candidate nearest to a name, ignoring case, at an edit distance below 3; null where none is, or where one is the name.</summary>
    public static string? Closest(string name, IEnumerable<string> candidates) => Closest(name, candidates, static word => word.ToUpperInvariant());

    /// <summary>The same where case counts, as it does in the names of variables.</summary>
    public static string? ClosestInCase(string name, IEnumerable<string> candidates) => Closest(name, candidates, static word => word);

    private static string? Closest(string name, IEnumerable<string> candidates, Func<string, string> normalise)
    {
        string? best = null;
        int bestDistance = 3;
        foreach (string candidate in candidates)
        {
            int distance = Distance(normalise(name), normalise(candidate));
            if (distance == 0)
                return null;
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    /// <summary>Levenshtein's distance, with two letters in the wrong order as one edit: `RNU` is nearer to `RUN` than to `ENV`.</summary>
    internal static int Distance(string a, string b)
    {
        int[] before = [], row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] next = new int[b.Length + 1];
            next[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                next[j] = Math.Min(substituted, Math.Min(row[j], next[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    next[j] = Math.Min(next[j], before[j - 2] + 1);
            }
            (before, row) = (row, next);
        }
        return row[b.Length];
    }
}
