// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>
/// A file of a stack of layers. Hard links are names of one and the same node. Changed by <see cref="StackView"/> only.
/// </summary>
public sealed class StackNode
{
    private Dictionary<byte[], StackNode>? _children;

    internal StackNode(LayerEntry entry, int layer, UnixPath archivePath)
    {
        Entry = entry;
        Layer = ArchiveLayer = layer;
        ArchivePath = archivePath;
    }

    /// <summary>A file of a layer below that a newer layer gave one more name: as on a mounted stack, both names are the newer layer's from then on.</summary>
    internal StackNode(StackNode lower, UnixPath path, int layer)
    {
        Entry = lower.Entry with { Path = path };
        Layer = layer;
        ArchiveLayer = lower.ArchiveLayer;
        ArchivePath = lower.ArchivePath;
    }

    /// <summary>The metadata as the layer has them. For a hard link these are the file's that it is a name of, with that file's path.</summary>
    public LayerEntry Entry { get; internal set; }

    /// <summary>
    /// The place in the stack, from 0, of the layer whose tree holds it under each of its names. For a directory that nobody described it is the layer
    /// that implied it.
    /// </summary>
    public int Layer { get; internal set; }

    /// <summary>The layer whose archive holds the content: a lower one where <see cref="Layer"/> only gave the file another name.</summary>
    public int ArchiveLayer { get; }

    /// <summary>Its path in that archive: another than the entry's where a directory on the way is a link.</summary>
    public UnixPath ArchivePath { get; }

    public bool IsDirectory => Entry.IsDirectory;

    public bool HasChildren => _children is { Count: > 0 };

    /// <summary>The names in a directory, bytewise sorted.</summary>
    public IEnumerable<KeyValuePair<byte[], StackNode>> Children
    {
        get
        {
            if (_children is null)
                return [];
            var sorted = _children.ToList();
            sorted.Sort((a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
            return sorted;
        }
    }

    public StackNode? FindChild(ReadOnlySpan<byte> name) =>
        _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out StackNode? child) ? child : null;

    internal void SetChild(ReadOnlySpan<byte> name, StackNode node)
    {
        _children ??= new(NameComparer.Instance);
        _children.GetAlternateLookup<ReadOnlySpan<byte>>()[name] = node;
    }

    internal void RemoveChild(ReadOnlySpan<byte> name) => _children?.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name);

    internal void AdoptChildren(StackNode other) => _children = other._children;
}
