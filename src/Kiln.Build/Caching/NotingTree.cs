// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;

namespace Kiln.Build.Caching;

/// <summary>A source that remembers of each content it hands out which file's it is, so that a file that several steps read is read once.</summary>
internal sealed class NotingTree(ISourceTree tree) : ISourceTree
{
    private readonly Dictionary<ContentSource, UnixPath> _paths = new(ReferenceEqualityComparer.Instance);

    internal UnixPath PathOf(ContentSource content) => _paths[content];

    public LayerEntry? Find(UnixPath path) => tree.Find(path);

    public IReadOnlyList<byte[]> List(UnixPath directory) => tree.List(directory);

    public ContentSource Open(UnixPath path)
    {
        ContentSource content = tree.Open(path);
        _paths[content] = path;
        return content;
    }

    public object? FindLinkGroup(UnixPath path) => tree.FindLinkGroup(path);
}
