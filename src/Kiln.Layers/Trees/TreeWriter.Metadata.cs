// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Layers.Trees;

/// <content>What a directory gets when it is full, and attributes.</content>
public sealed partial class TreeWriter
{
    private const string Capability = "security.capability";
    private const int LinkMode = 0x1FF; // 0777

    /// <summary>A directory of the layers below gets a new time from every name that is put in it or taken out, unless it is set back.</summary>
    private void KeepTime(UnixPath path)
    {
        if (!path.IsRoot && _view.Find(path) is { IsDirectory: true } node)
            _directories.TryAdd(path, new PendingDirectory(node.Entry, HasMode: false));
    }

    /// <summary>Who a file has to be given to; null where nothing can be given to anybody, or a new file is that owner's anyway.</summary>
    private (uint Uid, uint Gid)? FindOwner(LayerEntry entry)
    {
        if (!_options.Owners.CanSetOwners)
            return null;
        (uint Uid, uint Gid) owner = (_options.Owners.RepresentUid(entry.Uid), _options.Owners.RepresentGid(entry.Gid));
        // In a merged tree a directory of the layers below may hand its group on (S_ISGID, inode(7)).
        return !_options.Merged && _newFiles.Owner == owner ? null : owner;
    }

    /// <summary>
    /// Directories get their metadata last: a 0500 directory could not be filled otherwise, and every new name in one changes its time.
    /// </summary>
    private void FinishDirectories()
    {
        foreach (IGrouping<UnixPath, KeyValuePair<UnixPath, PendingDirectory>> siblings in
            _directories.Where(d => !d.Key.IsRoot).GroupBy(d => d.Key.Parent).OrderByDescending(g => g.Key.Depth))
        {
            using DirectoryHandle? parent = _target.FindDirectory(siblings.Key);
            foreach ((UnixPath path, PendingDirectory directory) in siblings)
                if (parent is not null && _view.Find(path) is { IsDirectory: true })
                    FinishDirectory(parent, path.Name, directory);
        }
        if (_directories.TryGetValue(UnixPath.Root, out PendingDirectory root))
            SetRootMetadata(root.Entry);
    }

    private void FinishDirectory(DirectoryHandle parent, ReadOnlySpan<byte> name, PendingDirectory directory)
    {
        LayerEntry entry = directory.Entry;
        (uint Uid, uint Gid)? owner = FindOwner(entry);
        if (owner is { } to)
            parent.SetOwner(name, to.Uid, to.Gid);
        if (!directory.HasMode || owner is not null)
            parent.SetMode(name, _options.ModeOnDisk(entry));
        SetXattrs(parent, name, entry);
        RecordOwner(parent, name, entry);
        parent.SetModifiedTime(name, entry.ModifiedTime);
    }

    private void SetRootMetadata(LayerEntry entry)
    {
        using SafeFileHandle root = _target.OpenSelf();
        (uint, uint)? owner = _options.Owners.CanSetOwners
            ? (_options.Owners.RepresentUid(entry.Uid), _options.Owners.RepresentGid(entry.Gid))
            : null;
        if (_options.Owners.Records)
            RecordedOwner.Set(root, FileType.Directory, entry.Uid, entry.Gid);
        Records?.Set(_target.GetStatus(UnixPath.Root).Inode, RecordOf(entry));
        DirectoryHandle.SetMetadata(root, owner, _options.ModeOnDisk(entry), entry.ModifiedTime);
    }

    /// <summary>Whose something is where that cannot be put on disk. What is new has no record; a directory of a merged tree may have an older one.</summary>
    private void RecordOwner(DirectoryHandle parent, ReadOnlySpan<byte> name, LayerEntry entry)
    {
        // Also what the disk says all of: its inode may have been another file's.
        if (Records is not null && parent.FindStatus(name) is { } made)
            Records.Set(made.Inode, RecordOf(entry));
        if (!_options.Owners.Records || (entry is { Uid: 0, Gid: 0 } && !(_options.Merged && entry.IsDirectory)))
            return;
        Errno error = RecordedOwner.Set(parent, name, entry.Type.FileType, entry.Uid, entry.Gid);
        if (error != Errno.None && !IsNotForThisDisk(error))
            throw new ErrnoException("setxattr", error, entry.Path.ToString());
    }

    private static InodeRecord RecordOf(LayerEntry entry) => new(entry.Type.FileType, entry.Type == EntryType.SymbolicLink ? LinkMode : entry.Mode, entry.Uid, entry.Gid)
    {
        Device = entry.Device,
        Capabilities = entry.Xattrs.FirstOrDefault(attribute => attribute.Name == Capability)?.Value,
    };

    /// <summary>
    /// Attributes that an unprivileged builder may not set stay in the index; overlay's own and ours must never come from a layer, and a default ACL would
    /// change the modes of all that is put into its directory later (acl(5)), as any would change a mode that is the builder's right to the file.
    /// </summary>
    private void SetXattrs(DirectoryHandle parent, ReadOnlySpan<byte> name, LayerEntry entry)
    {
        foreach (ExtendedAttribute attribute in entry.Xattrs)
        {
            if (attribute.Name.StartsWith("user.overlay.", StringComparison.Ordinal) || attribute.Name.StartsWith("user.kiln.", StringComparison.Ordinal)
                || (attribute.Name == Capability && IsCapabilityTaken(entry)) || attribute.Name.StartsWith("trusted.", StringComparison.Ordinal)
                || attribute.Name == "system.posix_acl_default" || (Records is not null && attribute.Name == "system.posix_acl_access"))
                continue;
            try
            {
                parent.SetXattr(name, attribute);
            }
            catch (ErrnoException e) when (IsNotForThisDisk(e.Error))
            {
            }
        }
    }

    /// <summary>Whether the attribute is a record's: of an owner, or beside the files.</summary>
    private bool IsCapabilityTaken(LayerEntry entry) => Records is not null || (_options.Owners.Records && entry.Type != EntryType.File);

    /// <summary>Names and values have other bounds on every file system; ext4's are a block's (xattr(7)).</summary>
    private static bool IsNotForThisDisk(Errno error) => error is
        Errno.EPERM or Errno.EOPNOTSUPP or Errno.EACCES or Errno.EINVAL or Errno.E2BIG or Errno.ERANGE or Errno.ENOSPC;
}
