// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux;

namespace Kiln.Layers.Sources;

/// <summary>The files of a stage or an image, for `COPY --from`.</summary>
public sealed class StackSource(StackView view, StackTrees trees) : ISourceTree
{
    public LayerEntry? Find(UnixPath path) => view.Find(path)?.Entry is { } entry ? entry with { Path = path } : null;

    public IReadOnlyList<byte[]> List(UnixPath directory) => [.. view.Find(directory)?.Children.Select(c => c.Key) ?? []];

    public ContentSource Open(UnixPath path) => trees.Open(path, view.Find(path) ?? throw new ErrnoException("open", Errno.ENOENT, path.ToString()));

    /// <summary>A node with several names is the same object under each of them.</summary>
    public object? FindLinkGroup(UnixPath path) => view.Find(path) is { IsDirectory: false } node ? node : null;
}
