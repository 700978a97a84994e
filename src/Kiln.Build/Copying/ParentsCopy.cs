// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Ignore;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Build.Copying;

/// <summary>
/// `COPY --parents`: the source is cut at the first `/./` into a base and a pattern in the ignore file's language. What the pattern matches is
/// copied with its directories below the base, which are made when something goes into them.
/// </summary>
internal sealed class ParentsCopy(
    ISourceTree tree, CopyTarget target, CopySettings options, SourceSpan span, Action<ISourceTree, UnixPath, LayerEntry, UnixPath> put)
{
    internal void Run(string source, CancellationToken cancellationToken)
    {
        int pivot = source.IndexOf("/./", StringComparison.Ordinal);
        string baseText = pivot < 0 ? "/" : source[..pivot];
        UnixPath pattern = UnixPath.Clean(pivot < 0 ? source : source[(pivot + 3)..]);
        UnixPath destination = target.Resolve(options.Destination);
        target.MakeDirectories(destination);

        bool literal = !SourcePattern.HasWildcard(pattern.Bytes) && !baseText.AsSpan().ContainsAny("*?[");
        bool found = false;
        foreach (UnixPath start in SourcePattern.Expand(tree, baseText))
        {
            if (PathResolution.Resolve(tree.Find, start.Bytes, followLast: true) is not { } root)
                continue;
            var walk = new Walk(this, PathPatterns.Parse([pattern.IsRoot ? "**" : pattern.ToString()], span), pattern);
            found |= walk.Run(root, UnixPath.Root, destination, [], cancellationToken);
        }
        if (literal && !found && !pattern.IsRoot)
            throw SourcePattern.NotFound(source);
    }

    private sealed class Walk(ParentsCopy copy, PathPatterns include, UnixPath pattern)
    {
        private readonly string[] _components = pattern.ToString().Split('/');
        private readonly GoPathMatch?[] _matches = [.. pattern.ToString().Split('/').Select(GoPathMatch.Compile)];

        internal bool Run(
            UnixPath directory, UnixPath relative, UnixPath destination, IReadOnlyList<LayerEntry> pending, CancellationToken cancellationToken)
        {
            bool found = false;
            foreach (byte[] name in copy.ListOf(directory))
            {
                cancellationToken.ThrowIfCancellationRequested();
                UnixPath from = directory.Append(name), below = relative.Append(name), to = destination.Append(below);
                if (copy.EntryOf(from) is not { } entry)
                    continue;
                bool taken = include.Matches(below) && !copy.IsExcluded(below);
                IReadOnlyList<LayerEntry> onTheWay = pending;
                if (taken)
                {
                    found = true;
                    copy.PutAll(pending);
                    onTheWay = pending = [];
                    copy.Put(from, entry, to);
                }
                else if (entry.IsDirectory)
                {
                    onTheWay = [.. pending, entry with { Path = to }];
                }
                if (entry.IsDirectory && (taken || MayMatchBelow(below)))
                    found |= Run(from, below, destination, onTheWay, cancellationToken);
            }
            return found;
        }

        /// <summary>Whether a directory can lead to a match: its components agree with the pattern's up to a `**`.</summary>
        private bool MayMatchBelow(UnixPath directory)
        {
            int depth = 0;
            foreach (Range range in directory.Bytes.Split((byte)'/'))
            {
                if (depth == _components.Length || _components[depth].Contains("**", StringComparison.Ordinal))
                    return true;
                if (_matches[depth++] is not { } match || !match.Matches(directory.Bytes[range]))
                    return false;
            }
            return true;
        }
    }

    private IReadOnlyList<byte[]> ListOf(UnixPath directory) => tree.Find(directory) is { IsDirectory: true } || directory.IsRoot ? tree.List(directory) : [];

    private LayerEntry? EntryOf(UnixPath path) => tree.Find(path);

    private bool IsExcluded(UnixPath path) => options.Excludes.Matches(path);

    private void Put(UnixPath from, LayerEntry entry, UnixPath to) => put(tree, from, entry, to);

    /// <summary>Directories on the way have the source's mode and owner, and the time of now.</summary>
    private void PutAll(IReadOnlyList<LayerEntry> directories)
    {
        foreach (LayerEntry directory in directories)
        {
            if (target.Find(directory.Path) is { IsDirectory: true })
                continue;
            (uint uid, uint gid) = options.Owner ?? (directory.Uid, directory.Gid);
            target.PutDirectory(directory with
            {
                Uid = uid,
                Gid = gid,
                Mode = options.Mode?.Apply(directory.Mode, isDirectory: true) ?? directory.Mode,
                ModifiedTime = options.Now,
            });
        }
    }
}
