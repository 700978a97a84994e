// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Tar;
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>
/// The file system that a stack of layers amounts to, as metadata. Layers are put on one after the other by the rules of image-spec's
/// layer.md. It answers what `COPY` needs to know of its destination and what a changed path was before.
/// </summary>
public sealed class StackView
{
    private readonly StackNode _root = new(LayerEntry.ImpliedDirectory(UnixPath.Root), -1, UnixPath.Root);

    /// <summary>
    /// The directory that something was put in last, under the name that the archive has for it: the next entry is mostly put there too. Forgotten
    /// whenever something that was there is taken away or replaced.
    /// </summary>
    private UnixPath _enteredAs;
    private UnixPath _enteredPath;
    private StackNode? _entered;

    /// <summary>How many layers it is made of.</summary>
    public int LayerCount { get; private set; }

    public StackNode Root => _root;

    public bool IsEmpty => !_root.HasChildren;

    /// <summary>Puts one more layer on top.</summary>
    public void Apply(LayerIndex layer)
    {
        BeginLayer();
        foreach (LayerEntry entry in layer.Entries)
            Put(entry);
    }

    /// <summary>The node at a path, through no link; null where there is none.</summary>
    public StackNode? Find(UnixPath path)
    {
        StackNode? node = _root;
        if (path.IsRoot)
            return node;
        foreach (Range range in path.Bytes.Split((byte)'/'))
        {
            node = node.FindChild(path.Bytes[range]);
            if (node is null)
                return null;
        }
        return node;
    }

    /// <summary>Follows links inside the root: <see cref="PathResolution"/>.</summary>
    public UnixPath? Resolve(UnixPath path, bool followLast = true) =>
        Find(path) is { Entry.Type: not EntryType.SymbolicLink } ? path : PathResolution.Resolve(p => Find(p)?.Entry, path.Bytes, followLast);

    /// <summary>From here on, what is put belongs to the next layer.</summary>
    internal void BeginLayer() => LayerCount++;

    /// <summary>
    /// Puts one entry of the layer that was begun last. Result: what happened to which path. As containerd does on unpacking, the links in
    /// the path of its parent are followed inside the root.
    /// </summary>
    /// <param name="entry">What is put.</param>
    /// <param name="literal">Whether its name is a name, whatever layers mean by such a one.</param>
    internal Placement Put(LayerEntry entry, bool literal = false)
    {
        UnixPath subject = entry.Path;
        LayerPathKind kind = literal ? LayerPathKind.Entry : LayerPath.Classify(entry.Path, out subject);
        if (kind == LayerPathKind.Ignored)
            return new Placement(kind, subject, null);
        if (subject.IsRoot)
        {
            _entered = null;
            if (kind == LayerPathKind.Opaque)
                RemoveOlder(_root);
            else if (entry.IsDirectory)
                _root.Entry = entry;
            return new Placement(kind, subject, _root);
        }
        ReadOnlySpan<byte> name = subject.Name;
        ReadOnlySpan<byte> parent = subject.Bytes[..Math.Max(0, subject.Bytes.Length - name.Length - 1)];
        if (_entered is null || !parent.SequenceEqual(_enteredAs.Bytes))
        {
            _enteredAs = subject.Parent;
            _enteredPath = Resolve(_enteredAs) ?? _enteredAs;
            _entered = null;
        }
        UnixPath path = parent.SequenceEqual(_enteredPath.Bytes) ? subject : _enteredPath.Append(name);
        if (!path.CanExist)
            throw new TarException($"a path, or where links lead it, has more than {UnixPath.LongestPath} bytes, or a name in it more than {UnixPath.LongestName}");
        if (entry.Type == EntryType.SymbolicLink && entry.LinkText.IsEmpty)
            throw new TarException($"the symbolic link `{path}` leads nowhere");
        if (kind != LayerPathKind.Entry)
            _entered = null;
        switch (kind)
        {
            case LayerPathKind.Whiteout:
                StackNode? gone = Find(path);
                // "Whiteout files MUST only apply to resources in lower/parent layers" (layer.md).
                if (gone is not null && !RemoveOlder(gone))
                    Find(path.Parent)!.RemoveChild(path.Name);
                return new Placement(kind, path, gone);
            case LayerPathKind.Opaque:
                if (Find(path) is not { IsDirectory: true } directory)
                    return new Placement(kind, path, null);
                RemoveOlder(directory);
                return new Placement(kind, path, directory);
            default:
                StackNode? put = Put(path, entry, out LinkSource? link);
                return new Placement(kind, path, put, link);
        }
    }

    private StackNode? Put(UnixPath path, LayerEntry entry, out LinkSource? link)
    {
        link = null;
        int layer = LayerCount - 1;
        StackNode parent = _entered ??= MakeParents(_enteredPath, layer);
        StackNode? old = parent.FindChild(path.Name);
        if (old is not null)
            _entered = null;
        if (entry.Type == EntryType.HardLink)
        {
            // A name for a file that is not there, or would not be once the name is taken (a broken layer), is no file.
            if (Resolve(entry.HardLinkTarget, followLast: false) is not { } to || Find(to) is not { IsDirectory: false } target
                || (old is { IsDirectory: true } && to.IsAtOrBelow(path)))
                return null;
            link = new LinkSource(to, target);
            if (target.Layer != layer && to != path)
                MakeParents(to.Parent, layer).SetChild(to.Name, target = new StackNode(target, to, layer));
            parent.SetChild(path.Name, target);
            return target;
        }
        var node = new StackNode(path == entry.Path ? entry : entry with { Path = path }, layer, entry.Path);
        if (entry.IsDirectory && old is { IsDirectory: true })
            node.AdoptChildren(old);
        parent.SetChild(path.Name, node);
        return node;
    }

    private StackNode MakeParents(UnixPath path, int layer)
    {
        if (Find(path) is { IsDirectory: true } found)
            return found;
        StackNode parent = MakeParents(path.Parent, layer);
        var node = new StackNode(LayerEntry.ImpliedDirectory(path), layer, path);
        parent.SetChild(path.Name, node);
        return node;
    }

    /// <summary>Removes from a directory what older layers left there. Result: whether something of the newest layer stays, the node included.</summary>
    private bool RemoveOlder(StackNode node)
    {
        bool stays = node.Layer == LayerCount - 1;
        foreach ((byte[] name, StackNode child) in node.Children)
        {
            if (RemoveOlder(child))
                stays = true;
            else
                node.RemoveChild(name);
        }
        return stays;
    }
}
