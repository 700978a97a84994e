// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Trees;

/// <summary>
/// Unpacks a layer onto disk, and onto the view of the layers below at the same time: where a path ends up, and what its parents
/// look like, depends on those. All paths are resolved below the target by directory handle and through no link, so no archive can reach out.
/// </summary>
public sealed partial class TreeWriter : IDisposable
{
    private static readonly ExtendedAttribute OverlayOpaque = new("user.overlay.opaque", "y"u8.ToArray());
    private static readonly UnixPath RootOpaque = UnixPath.Clean(".wh..wh..opq");

    private readonly DirectoryHandle _target;
    private readonly StackView _view;
    private readonly TreeOptions _options;
    private readonly StackTrees? _lower;
    private readonly NewFileTraits _newFiles;
    private readonly Dictionary<UnixPath, PendingDirectory> _directories = [];
    private readonly byte[] _buffer = new byte[256 * 1024];
    private DirectoryHandle? _parent;
    private UnixPath _parentPath;

    /// <param name="target">Where the tree grows; empty at first, or the merged tree of the layers below.</param>
    /// <param name="view">The layers below. This layer is put on top.</param>
    /// <param name="options">How it is done.</param>
    /// <param name="lower">The trees of the layers below, where each has its own: a hard link may name a file of theirs.</param>
    public TreeWriter(DirectoryHandle target, StackView view, TreeOptions options, StackTrees? lower = null) =>
        (_target, _view, _options, _lower, _newFiles) = (target, view, options, lower, NewFileTraits.Probe(target));

    /// <summary>Unpacks an archive. Result: its index, so that nobody has to read it again.</summary>
    public LayerIndex Write(Stream plainTar, CancellationToken cancellationToken)
    {
        _view.BeginLayer();
        var entries = new List<LayerEntry>();
        var reader = new TarReader(plainTar);
        while (reader.ReadNext() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(entry.Metadata);
            Write(entry.Metadata, reader.Content, cancellationToken);
        }
        FinishDirectories();
        return new LayerIndex(entries);
    }

    /// <summary>Unpacks those entries of an archive that are wanted, of which nobody needs a listing.</summary>
    /// <param name="archive">Stands at its start.</param>
    /// <param name="take">Whether an entry is wanted; it may refuse the archive.</param>
    /// <param name="cancellationToken">Ends the unpacking.</param>
    public void Write(TarReader archive, Func<TarEntry, bool> take, CancellationToken cancellationToken)
    {
        _view.BeginLayer();
        while (archive.ReadNext() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (take(entry))
                Write(entry.Metadata, archive.Content, cancellationToken);
        }
        FinishDirectories();
    }

    /// <summary>Puts a step's changes on disk without a detour through an archive.</summary>
    public void Write(IEnumerable<DeltaEntry> entries, CancellationToken cancellationToken)
    {
        _view.BeginLayer();
        foreach ((LayerEntry entry, ContentSource? source) in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using Stream content = source?.Open() ?? Stream.Null;
            Write(entry, content, cancellationToken);
        }
        FinishDirectories();
    }

    public void Dispose() => _parent?.Dispose();

    private InodeRecords? Records => _options.Owners.Inodes;

    private void Write(LayerEntry raw, Stream content, CancellationToken cancellationToken)
    {
        if (raw.Path == RootOpaque && !_options.NamesAreLiteral)
        {
            HideRoot(cancellationToken);
            return;
        }
        Placement placement = _view.Put(raw, _options.NamesAreLiteral);
        if (placement.Kind == LayerPathKind.Ignored)
            return;
        if (placement.Path.IsRoot)
        {
            if (placement.Kind == LayerPathKind.Entry)
                _directories[UnixPath.Root] = new PendingDirectory(_view.Root.Entry, HasMode: false);
            return;
        }
        if (placement.Node is null)
        {
            // A whiteout of nothing, or a hard link to nothing.
            if (_options.NamesAreLiteral)
                throw new TarException($"it links `{placement.Path}` to `{raw.HardLinkTarget}`, which is no file that it holds");
            return;
        }
        ReadOnlySpan<byte> name = placement.Path.Name;
        if (placement.Kind == LayerPathKind.Entry && raw.Type == EntryType.HardLink)
        {
            WriteHardLink(placement.Path, placement.Link!, cancellationToken);
            return;
        }
        DirectoryHandle parent = EnterParent(placement.Path.Parent);
        switch (placement.Kind)
        {
            case LayerPathKind.Whiteout:
                WriteWhiteout(parent, placement.Path);
                break;
            case LayerPathKind.Opaque when !_options.Merged:
                MakeDirectory(parent, placement.Path, placement.Node.Entry);
                parent.SetXattr(name, OverlayOpaque);
                break;
            case LayerPathKind.Opaque:
                RemoveUnlisted(placement.Path, placement.Node);
                break;
            default:
                WriteEntry(parent, placement.Node.Entry, content, cancellationToken);
                break;
        }
    }

    /// <summary>Overlay asks for no mark on a layer's root, so every name in it gets a whiteout of its own.</summary>
    private void HideRoot(CancellationToken cancellationToken)
    {
        foreach ((byte[] name, _) in _view.Root.Children.ToList())
            Write(
                new LayerEntry { Path = LayerPath.WhiteoutOf(UnixPath.Root.Append(name)), Type = EntryType.File, Mode = 0 }, Stream.Null, cancellationToken);
    }

    private void WriteEntry(DirectoryHandle parent, LayerEntry entry, Stream content, CancellationToken cancellationToken)
    {
        ReadOnlySpan<byte> name = entry.Path.Name;
        if (entry.IsDirectory)
        {
            MakeDirectory(parent, entry.Path, entry);
            return;
        }
        if (entry.Type == EntryType.File)
        {
            WriteFile(parent, entry, content, cancellationToken);
            SetXattrs(parent, name, entry);
            RecordOwner(parent, name, entry);
            return;
        }
        parent.RemoveTree(name, Records);
        switch (entry.Type)
        {
            case EntryType.SymbolicLink:
                parent.MakeSymbolicLink(name, entry.LinkText.AsSpan());
                break;
            case EntryType.Fifo:
                parent.MakeNode(name, FileType.Fifo, _options.ModeOnDisk(entry), default);
                break;
            default:
                FileType type = entry.Type == EntryType.BlockDevice ? FileType.BlockDevice : FileType.CharacterDevice;
                if (Records is not null)
                    parent.CreateFile(UnixPath.Root.Append(name), 0).Dispose();
                else if (!TryMakeDevice(parent, entry, type))
                    return; // Recorded in the index; without CAP_MKNOD it cannot be on disk.
                break;
        }
        if (FindOwner(entry) is { } owner)
            parent.SetOwner(name, owner.Uid, owner.Gid);
        if (entry.Type != EntryType.SymbolicLink)
            parent.SetMode(name, _options.ModeOnDisk(entry));
        SetXattrs(parent, name, entry);
        RecordOwner(parent, name, entry);
        parent.SetModifiedTime(name, entry.ModifiedTime);
    }

    private void WriteFile(DirectoryHandle parent, LayerEntry entry, Stream content, CancellationToken cancellationToken)
    {
        int mode = _options.ModeOnDisk(entry);
        ReadOnlySpan<byte> name = entry.Path.Name;
        NewFile? made = parent.TryCreateFile(name, mode & 0x1FF);
        if (made is null)
        {
            parent.RemoveTree(name, Records);
            made = parent.TryCreateFile(name, mode & 0x1FF) ?? throw new ErrnoException("openat2", Errno.EEXIST, entry.Path.ToString());
        }
        using NewFile file = made;
        if (content is EntryContent { IsSparse: true } sparse)
            FillSparse(file, entry, sparse, cancellationToken);
        else
            Fill(file, content, cancellationToken);
        bool gaveAway = FindOwner(entry) is { } owner && GiveTo(file, owner);
        // chown clears special bits.
        if (gaveAway || !_newFiles.Grants(mode))
            file.SetMode(mode);
        file.SetModifiedTime(entry.ModifiedTime);
    }

    private static bool GiveTo(NewFile file, (uint Uid, uint Gid) owner)
    {
        file.SetOwner(owner.Uid, owner.Gid);
        return true;
    }

    private void Fill(NewFile file, Stream content, CancellationToken cancellationToken)
    {
        for (int count; (count = content.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(_buffer.AsSpan(0, count));
        }
    }

    /// <summary>What a sparse file does not store is not on disk either: a header may claim any number of zeros.</summary>
    private void FillSparse(NewFile file, LayerEntry entry, EntryContent content, CancellationToken cancellationToken)
    {
        try
        {
            file.SetLength(entry.Size);
        }
        catch (ErrnoException e) when (e.Error is Errno.EFBIG or Errno.EINVAL)
        {
            throw new ArchiveLimitException($"`{entry.Path}` of {entry.Size:N0} bytes is larger than a file of this disk can be", e);
        }
        while (true)
        {
            file.Skip(content.SkipHole());
            int count = content.Read(_buffer);
            if (count == 0)
                return;
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(_buffer.AsSpan(0, count));
        }
    }

    private void WriteHardLink(UnixPath path, LinkSource source, CancellationToken cancellationToken)
    {
        if (source.Path == path)
            return;
        if (!_options.Merged && source.Node.Layer != _view.LayerCount - 1)
            CopyUp(source, cancellationToken);
        DirectoryHandle parent = EnterParent(path.Parent);
        parent.RemoveTree(path.Name, Records);
        using DirectoryHandle? from = _target.FindDirectory(source.Path.Parent);
        // It is not there where it is a device that could not be made, or where the link took its directory's place.
        if (from?.FindStatus(source.Path.Name) is not null)
            parent.MakeHardLink(path.Name, from, source.Path.Name);
    }

    /// <summary>Puts a file of a layer below into this layer's tree, as overlay does when somebody links it (overlayfs.rst, "Non-directories").</summary>
    private void CopyUp(LinkSource source, CancellationToken cancellationToken)
    {
        if (_lower is null)
            throw new TarException($"a hard link names `{source.Path}`, which is in another layer");
        DirectoryHandle parent = EnterParent(source.Path.Parent);
        using Stream content = source.Node.Entry.Type == EntryType.File ? _lower.Open(source.Path, source.Node).Open() : Stream.Null;
        WriteEntry(parent, source.Node.Entry with { Path = source.Path }, content, cancellationToken);
    }

    private void WriteWhiteout(DirectoryHandle parent, UnixPath path)
    {
        if (_view.Find(path) is { } survivor)
        {
            // This layer made it anew, and took away only what was there before.
            if (survivor.IsDirectory && !_options.Merged)
                parent.SetXattr(path.Name, OverlayOpaque);
            else if (survivor.IsDirectory)
                RemoveUnlisted(path, survivor);
            return;
        }
        parent.RemoveTree(path.Name, Records);
        if (!_options.Merged)
            parent.MakeNode(path.Name, FileType.CharacterDevice, 0, default);
    }

    /// <summary>
    /// Makes a directory, or takes over the one that is there. Something else in its place (a whiteout, a file of this same layer) hid what
    /// the layers below have there, and so does the opaque mark.
    /// </summary>
    private void MakeDirectory(DirectoryHandle parent, UnixPath path, LayerEntry entry)
    {
        ReadOnlySpan<byte> name = path.Name;
        // It gets its own mode at once where that lets the builder fill it, and changes nothing about what is put in it.
        int mode = _options.ModeOnDisk(entry);
        bool withMode = (mode & 0x1C0) == 0x1C0 && _newFiles.Grants(mode);
        if (parent.TryMakeDirectory(name, withMode ? mode : 0x1C0))
        {
            _directories[path] = new PendingDirectory(entry, withMode);
            return;
        }
        if (parent.FindStatus(name)?.Type != FileType.Directory)
        {
            parent.RemoveTree(name, Records);
            parent.MakeDirectory(name, 0x1C0);
            if (!_options.Merged)
                parent.SetXattr(name, OverlayOpaque);
        }
        _directories[path] = new PendingDirectory(entry, HasMode: false);
    }

    /// <summary>The handle of a directory of the tree; what is missing on the way is made as the layers below have it.</summary>
    private DirectoryHandle EnterParent(UnixPath path)
    {
        if (_parent is not null && _parentPath == path)
            return _parent;
        DirectoryHandle? found = _target.FindDirectory(path);
        if (found is null)
        {
            MakeDirectory(EnterParent(path.Parent), path, _view.Find(path)?.Entry ?? LayerEntry.ImpliedDirectory(path));
            found = _target.OpenDirectory(path);
        }
        else if (_options.Merged)
        {
            KeepTime(path);
        }
        _parent?.Dispose();
        _parentPath = path;
        return _parent = found;
    }

    /// <summary>In a merged tree: removes what the view does not have any more.</summary>
    private void RemoveUnlisted(UnixPath path, StackNode node)
    {
        KeepTime(path);
        using DirectoryHandle directory = _target.OpenDirectory(path);
        foreach (DirectoryEntry entry in directory.ReadEntries())
        {
            if (node.FindChild(entry.Name) is not { } child)
                directory.RemoveTree(entry.Name, Records);
            else if (child.IsDirectory)
                RemoveUnlisted(path.Append(entry.Name), child);
        }
    }

    private static bool TryMakeDevice(DirectoryHandle parent, LayerEntry entry, FileType type)
    {
        // A layer's own 0/0 device would be a whiteout to overlay.
        if (entry.Device == default)
            return false;
        try
        {
            parent.MakeNode(entry.Path.Name, type, entry.Mode, entry.Device);
            return true;
        }
        catch (ErrnoException e) when (e.Error is Errno.EPERM or Errno.EINVAL)
        {
            return false;
        }
    }
}
