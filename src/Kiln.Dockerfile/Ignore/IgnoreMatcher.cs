// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// Says which paths a list of patterns ignores: the last pattern that matches a path, or a directory that it lies in, decides.
/// Paths are bytes without a leading slash.
/// </summary>
public sealed class IgnoreMatcher(IReadOnlyList<IgnorePattern> patterns)
{
    public IReadOnlyList<IgnorePattern> Patterns => patterns;

    public bool Ignores(ReadOnlySpan<byte> path)
    {
        bool ignored = false;
        foreach (IgnorePattern pattern in patterns)
            if (pattern.IsException == ignored && pattern.MatchesPathOrParent(path))
                ignored = !pattern.IsException;
        return ignored;
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
