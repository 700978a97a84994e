// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// Says which paths a list of patterns ignores: the last pattern that matches a path, or a directory that it lies in, decides.
/// Paths are bytes without a leading slash.
/// </summary>
public sealed class IgnoreMatcher(IReadOnlyList<IgnorePattern> patterns)
{
    private readonly bool _hasExceptions = patterns.Any(pattern => pattern.IsException);

    public IReadOnlyList<IgnorePattern> Patterns => patterns;

    public bool Ignores(ReadOnlySpan<byte> path)
    {
        if (_hasExceptions)
            return IgnoresWithExceptions(path);
        foreach (IgnorePattern pattern in patterns)
            if (pattern.MatchesPathOrParent(path))
                return true;
        return false;
    }

    /// <summary>
    /// From the top directory down to the path, as Docker walks: a pattern that was looked at in a directory and matched it matches all
    /// below. One that was passed over there, since it could change nothing, has to match what is below by itself; so `a/b` and then
    /// `!a` ignores `a/b`.
    /// </summary>
    private bool IgnoresWithExceptions(ReadOnlySpan<byte> path)
    {
        Span<bool> matched = patterns.Count <= 256 ? stackalloc bool[patterns.Count] : new bool[patterns.Count];
        matched.Clear();
        for (int end = 0; ; end++)
        {
            int slash = path[end..].IndexOf((byte)'/');
            end = slash < 0 ? path.Length : end + slash;
            bool ignored = false;
            for (int i = 0; i < matched.Length; i++)
            {
                IgnorePattern pattern = patterns[i];
                if (!matched[i] && pattern.IsException == ignored)
                    matched[i] = pattern.Matches(path[..end]);
                if (matched[i])
                    ignored = !pattern.IsException;
            }
            if (end == path.Length)
                return ignored;
        }
    }

    /// <summary>Whether a directory is ignored with everything below it, so that nobody needs to look into it.</summary>
    public bool IgnoresTree(ReadOnlySpan<byte> directory)
    {
        if (!Ignores(directory))
            return false;
        foreach (IgnorePattern pattern in patterns)
            if (pattern.IsException && pattern.CanMatchBelow(directory))
                return false;
        return true;
    }
}
