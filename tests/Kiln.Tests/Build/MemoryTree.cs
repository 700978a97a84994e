// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Tests.Build;

/// <summary>A source of `COPY` in memory. Whatever is put at a path makes its parents, with mode 0700, so that nothing looks like a default.</summary>
internal sealed class MemoryTree : ISourceTree
{
    /// <summary>The modification time of everything in it.</summary>
    public const int Time = 5;

    private readonly SortedDictionary<UnixPath, (LayerEntry Entry, byte[] Content, object? Group)> _nodes = [];

    public MemoryTree() => _nodes[UnixPath.Root] = (Entry("", EntryType.Directory, 0x1C0), [], null);

    public MemoryTree File(string path, string content = "", int mode = 0x180, uint owner = 0, object? linkGroup = null) =>
        Put(Entry(path, EntryType.File, mode) with { Size = content.Length, Uid = owner, Gid = owner }, content, linkGroup);

    public MemoryTree Dir(string path, int mode = 0x1C0, uint owner = 0) => Put(Entry(path, EntryType.Directory, mode) with { Uid = owner, Gid = owner });

    public MemoryTree Link(string path, string text) =>
        Put(Entry(path, EntryType.SymbolicLink, 0x1FF) with { LinkText = [.. Encoding.UTF8.GetBytes(text)] });

    public MemoryTree Bytes(string path, byte[] content)
    {
        _nodes[UnixPath.Clean(path)] = (Entry(path, EntryType.File, 0x180) with { Size = content.Length }, content, null);
        return this;
    }

    public LayerEntry? Find(UnixPath path) => _nodes.TryGetValue(path, out var node) ? node.Entry : null;

    public IReadOnlyList<byte[]> List(UnixPath directory) =>
        [.. _nodes.Keys.Where(path => !path.IsRoot && path.Parent == directory).Select(path => path.Name.ToArray())];

    public ContentSource Open(UnixPath path) => new BytesSource(_nodes[path].Content);

    public object? FindLinkGroup(UnixPath path) => _nodes[path].Group;

    private MemoryTree Put(LayerEntry entry, string content = "", object? linkGroup = null)
    {
        for (UnixPath parent = entry.Path.Parent; !parent.IsRoot; parent = parent.Parent)
            if (!_nodes.ContainsKey(parent))
                _nodes[parent] = (Entry(parent.ToString(), EntryType.Directory, 0x1C0), [], null);
        _nodes[entry.Path] = (entry, Encoding.UTF8.GetBytes(content), linkGroup);
        return this;
    }

    private static LayerEntry Entry(string path, EntryType type, int mode) =>
        new() { Path = UnixPath.Clean(path), Type = type, Mode = mode, ModifiedTime = new UnixTime(Time) };
}
