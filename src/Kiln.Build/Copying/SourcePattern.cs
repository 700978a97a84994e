// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Build.Copying;

/// <summary>
/// Finds what a source path of `COPY` or `ADD` means: itself, or what its wildcards match (Go's path/filepath.Match, one component at a time; `**` is just
/// `*`). A directory that matched is not searched further.
/// </summary>
internal static class SourcePattern
{
    internal static bool HasWildcard(ReadOnlySpan<byte> path) => path.ContainsAny("*?["u8);

    /// <summary>The paths, as named, in the order of a walk. A path without wildcards has to exist.</summary>
    internal static IEnumerable<UnixPath> Expand(ISourceTree tree, string text)
    {
        UnixPath path = UnixPath.Clean(text);
        if (!HasWildcard(path.Bytes))
        {
            if (FindFollowed(tree, path) is null)
                throw NotFound(text);
            return [path];
        }
        byte[][] components = [.. path.ToString().Split('/').Select(Encoding.UTF8.GetBytes)];
        int first = Array.FindIndex(components, c => HasWildcard(c));
        UnixPath start = UnixPath.Root;
        foreach (byte[] component in components[..first])
            start = start.Append(component);
        if (FindFollowed(tree, start) is null && !start.IsRoot)
            throw NotFound(text);
        return Match(tree, start, components.AsMemory(first));
    }

    /// <summary>What a path leads to, links followed; null where it leads nowhere.</summary>
    internal static LayerEntry? FindFollowed(ISourceTree tree, UnixPath path) =>
        PathResolution.Resolve(tree.Find, path.Bytes, followLast: true) is { } target ? tree.Find(target) : null;

    internal static BuildException NotFound(string text) => DiagnosticRules.SourceNotFound.Error(
        $"\"/{UnixPath.Clean(text)}\": not found", hint: "a path starts at the root of the build context, or of what `--from` names; the ignore file may hide it");

    private static IEnumerable<UnixPath> Match(ISourceTree tree, UnixPath directory, ReadOnlyMemory<byte[]> components)
    {
        if (PathResolution.Resolve(tree.Find, directory.Bytes, followLast: true) is not { } real || tree.Find(real) is not { IsDirectory: true })
            yield break;
        if (GoPathMatch.Compile(Encoding.UTF8.GetString(components.Span[0])) is not { } pattern)
            yield break;
        foreach (byte[] name in tree.List(real))
        {
            if (!pattern.Matches(name))
                continue;
            UnixPath path = directory.Append(name);
            if (components.Length == 1)
            {
                yield return path;
                continue;
            }
            foreach (UnixPath deeper in Match(tree, path, components[1..]))
                yield return deeper;
        }
    }
}
