// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Dockerfile;

/// <summary>
/// Ignore patterns in the plainest way: every way to read a pattern is tried, one character after the other. Slow, and written
/// without a look at the real matcher. Patterns are clean; brackets hold neither wildcards nor escapes.
/// </summary>
internal static class ReferenceIgnoreMatcher
{
    /// <summary>Whether patterns (with `!` for exceptions) ignore a path: asked for its directories first, from the top.</summary>
    public static bool Ignores(IReadOnlyList<string> patterns, string path)
    {
        var matchedAbove = new bool[patterns.Count];
        bool ignored = false;
        string[] parts = path.Split('/');
        for (int depth = 1; depth <= parts.Length; depth++)
        {
            string here = string.Join('/', parts[..depth]);
            ignored = false;
            for (int i = 0; i < patterns.Count; i++)
            {
                bool exception = patterns[i].StartsWith('!');
                if (!matchedAbove[i] && exception == ignored)
                    matchedAbove[i] = Matches(exception ? patterns[i][1..] : patterns[i], here);
                if (matchedAbove[i])
                    ignored = !exception;
            }
        }
        return ignored;
    }

    public static bool Matches(string pattern, string path)
    {
        bool hasSpecial = pattern.IndexOfAny(['*', '?', '[', ']', '\\']) >= 0;
        if (!hasSpecial)
            return pattern == path;
        if (pattern.StartsWith("**", StringComparison.Ordinal) && pattern[2..].IndexOfAny(['*', '?', '[', ']', '\\']) < 0)
            return path.EndsWith(pattern[2..], StringComparison.Ordinal) || (pattern.StartsWith("**/", StringComparison.Ordinal) && path == pattern[3..]);
        if (pattern.EndsWith("**", StringComparison.Ordinal) && pattern[..^2].IndexOfAny(['*', '?', '[', ']', '\\']) < 0)
            return path.StartsWith(pattern[..^2], StringComparison.Ordinal);
        return MatchesFrom(pattern, 0, path, 0);
    }

    private static bool MatchesFrom(string pattern, int p, string path, int s)
    {
        if (p == pattern.Length)
            return s == path.Length;
        switch (pattern[p])
        {
            case '*' when p + 1 < pattern.Length && pattern[p + 1] == '*':
                p += p + 2 < pattern.Length && pattern[p + 2] == '/' ? 3 : 2;
                return p == pattern.Length
                    || MatchesFrom(pattern, p, path, s)
                    || Enumerable.Range(s, path.Length - s).Any(i => path[i] == '/' && MatchesFrom(pattern, p, path, i + 1));
            case '*':
                int end = path.IndexOf('/', s);
                return Enumerable.Range(s, (end < 0 ? path.Length : end) - s + 1).Any(i => MatchesFrom(pattern, p + 1, path, i));
            case '?':
                return s < path.Length && path[s] != '/' && MatchesFrom(pattern, p + 1, path, s + 1);
            case '^':
                return s == 0 && MatchesFrom(pattern, p + 1, path, s);
            case '\\':
                return s < path.Length && path[s] == pattern[p + 1] && MatchesFrom(pattern, p + 2, path, s + 1);
            case '[':
                int close = pattern.IndexOf(']', p);
                return s < path.Length && Holds(pattern[(p + 1)..close], path[s]) && MatchesFrom(pattern, close + 1, path, s + 1);
            default:
                return s < path.Length && path[s] == pattern[p] && MatchesFrom(pattern, p + 1, path, s + 1);
        }
    }

    private static bool Holds(string brackets, char c)
    {
        bool negated = brackets[0] == '^';
        bool held = false;
        for (int i = negated ? 1 : 0; i < brackets.Length; i++)
        {
            bool range = i + 2 < brackets.Length && brackets[i + 1] == '-';
            held |= c >= brackets[i] && c <= (range ? brackets[i + 2] : brackets[i]);
            i += range ? 2 : 0;
        }
        return held != negated;
    }
}
