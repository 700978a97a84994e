// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Kiln.Dockerfile.Ignore;
using Kiln.Layers.Deltas;
using Kiln.Linux;

namespace Kiln.Build.Outputs;

/// <summary>
/// Paths that no step puts into a layer, with all below them: nothing there is added, changed or removed, so that the base's files stay. A component may have wildcards, which match no slash.
/// </summary>
public sealed class IgnoredPaths
{
    private delegate bool NameMatch(ReadOnlySpan<byte> name);

    private readonly ImmutableArray<ImmutableArray<NameMatch>> _patterns;

    /// <param name="paths">Absolute, and none of them the root.</param>
    public IgnoredPaths(IEnumerable<string> paths)
    {
        Texts = [.. paths.Select(path => UnixPath.Clean(path).ToString()).Distinct().Order(StringComparer.Ordinal)];
        _patterns = [.. Texts.Select(text => text.Split('/').Select(MatcherOf).ToImmutableArray())];
    }

    public static IgnoredPaths None { get; } = new([]);

    /// <summary>As they are part of keys: each once, sorted.</summary>
    public ImmutableArray<string> Texts { get; }

    public bool Contains(UnixPath path)
    {
        foreach (ImmutableArray<NameMatch> pattern in _patterns)
            if (Matches(pattern, path.Bytes))
                return true;
        return false;
    }

    /// <summary>Takes out of a delta what is not to be in a layer; whether there was anything.</summary>
    internal bool RemoveFrom(LayerDelta delta) => !_patterns.IsEmpty && delta.Forget(Contains);

    /// <summary>Whether the first names of a path are what the pattern says; what follows is below it.</summary>
    private static bool Matches(ImmutableArray<NameMatch> pattern, ReadOnlySpan<byte> path)
    {
        int matched = 0;
        foreach (Range name in path.Split((byte)'/'))
        {
            if (!pattern[matched](path[name]))
                return false;
            if (++matched == pattern.Length)
                return true;
        }
        return false;
    }

    /// <summary>A name with a malformed wildcard is that name.</summary>
    private static NameMatch MatcherOf(string component)
    {
        if (GoPathMatch.HasWildcard(component) && GoPathMatch.Compile(component) is { } pattern)
            return pattern.Matches;
        byte[] literal = Encoding.UTF8.GetBytes(component);
        return name => name.SequenceEqual(literal);
    }
}
