// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Layers.Trees;

/// <content>What a directory gets when it is full, and attributes.</content>
public sealed partial class TreeWriter
{
    /// <summary>A directory of the layers below gets a new time from every name that is put in it or taken out, unless it is set back.</summary>
    private void KeepTime(UnixPath path)
    {
        if (!path.IsRoot && _view.Find(path) is { IsDirectory: true } node)
            _directories.TryAdd(path, node.Entry);
    }

    /// <summary>
    /// Directories get their metadata last: a 0500 directory could not be filled otherwise, and every new name in one changes its time.
    /// </summary>
    private void FinishDirectories()
    {
        foreach ((UnixPath path, LayerEntry entry) in _directories.OrderByDescending(d => d.Key))
        {
            if (_view.Find(path) is not { IsDirectory: true })
                continue;
            if (path.IsRoot)
            {
                SetRootMetadata(entry);
                continue;
            }
            using DirectoryHandle parent = _target.OpenDirectory(path.Parent);
            ReadOnlySpan<byte> name = path.Name;
            if (_options.Owners.CanSetOwners)
                parent.SetOwner(name, _options.Owners.RepresentUid(entry.Uid), _options.Owners.RepresentGid(entry.Gid));
            parent.SetMode(name, _options.ContentOnly ? entry.Mode | 0x1C0 : entry.Mode);
            SetXattrs(parent, entry);
            parent.SetModifiedTime(name, entry.ModifiedTime);
        }
    }

    private void SetRootMetadata(LayerEntry entry)
    {
        using SafeFileHandle root = _target.OpenSelf();
        (uint, uint)? owner = _options.Owners.CanSetOwners
            ? (_options.Owners.RepresentUid(entry.Uid), _options.Owners.RepresentGid(entry.Gid))
            : null;
        DirectoryHandle.SetMetadata(root, owner, _options.ContentOnly ? entry.Mode | 0x1C0 : entry.Mode, entry.ModifiedTime);
    }

    /// <summary>Attributes that an unprivileged builder may not set stay in the index; overlay's own must never come from a layer.</summary>
    private static void SetXattrs(DirectoryHandle parent, LayerEntry entry)
    {
        foreach (ExtendedAttribute attribute in entry.Xattrs)
        {
            if (attribute.Name.StartsWith("user.overlay.", StringComparison.Ordinal) || attribute.Name.StartsWith("trusted.", StringComparison.Ordinal))
                continue;
            try
            {
                parent.SetXattr(entry.Path.Name, attribute);
            }
            catch (ErrnoException e) when (IsNotForThisDisk(e.Error))
            {
            }
        }
    }

    /// <summary>Names and values have other bounds on every file system; ext4's are a block's (xattr(7)).</summary>
    private static bool IsNotForThisDisk(Errno error) => error is
        Errno.EPERM or Errno.EOPNOTSUPP or Errno.EACCES or Errno.EINVAL or Errno.E2BIG or Errno.ERANGE or Errno.ENOSPC;
}
