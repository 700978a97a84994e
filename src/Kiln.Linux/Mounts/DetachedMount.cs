// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Mounts;

/// <summary>
/// A mount that has no place yet (fsmount(2), open_tree(2)). It is given one by <see cref="AttachAt"/>; without that it
/// goes with the handle. No path of the builder's ever stands in it, so none can be read from `/proc/self/mountinfo`.
/// </summary>
public sealed unsafe class DetachedMount : IDisposable
{
    private readonly SafeFileHandle _handle;

    internal DetachedMount(SafeFileHandle handle) => _handle = handle;

    /// <summary>A new file system, with options as mount(8) writes them after `-o`: a key alone, or key and value.</summary>
    public static DetachedMount Create(string type, MountAttributes attributes, params ReadOnlySpan<(string Key, string? Value)> options)
    {
        using SafeFileHandle context = Owned(Libc.FsOpen(Libc.SYS_fsopen, type, Libc.FSOPEN_CLOEXEC), "fsopen", type);
        foreach ((string key, string? value) in options)
            Configure(context, type, value is null ? Libc.FSCONFIG_SET_FLAG : Libc.FSCONFIG_SET_STRING, key, value);
        Configure(context, type, Libc.FSCONFIG_CMD_CREATE, null, null);
        return new(Owned(Libc.FsMount(Libc.SYS_fsmount, context, Libc.FSMOUNT_CLOEXEC, (uint)attributes), "fsmount", type));
    }

    /// <summary>Another mount of a file or directory of the builder's, with all that is mounted below it.</summary>
    public static DetachedMount Clone(string path)
    {
        fixed (byte* name = new CPath(path))
            return new(Owned(Libc.OpenTree(Libc.SYS_open_tree, Libc.AT_FDCWD, name, CloneFlags), "open_tree", path));
    }

    /// <summary>Another mount of something below a directory; links are not followed.</summary>
    public static DetachedMount Clone(DirectoryHandle directory, UnixPath path)
    {
        fixed (byte* name = new CPath(path.Bytes))
        {
            long fd = Libc.OpenTree(Libc.SYS_open_tree, (int)directory.Handle.DangerousGetHandle(), name, CloneFlags | (uint)Libc.AT_SYMLINK_NOFOLLOW);
            return new(Owned(fd, "open_tree", path.ToString()));
        }
    }

    /// <summary>Takes rights away from this mount and all below it. Rights are never given back: the kernel locks what another namespace had taken.</summary>
    public void Restrict(MountAttributes attributes) => Restrict(_handle, attributes);

    internal static void Restrict(SafeFileHandle mount, MountAttributes attributes)
    {
        var change = new Libc.MountAttr { Set = (ulong)attributes };
        byte empty = 0;
        if (Libc.MountSetAttr(Libc.SYS_mount_setattr, mount, &empty, (uint)Libc.AT_EMPTY_PATH | Libc.AT_RECURSIVE, &change, (nuint)sizeof(Libc.MountAttr)) != 0)
            throw ErrnoException.Last("mount_setattr");
    }

    /// <summary>Covers a file or directory with this mount. The path is not followed where it ends in a link.</summary>
    public void AttachAt(DirectoryHandle directory, UnixPath path)
    {
        byte empty = 0;
        fixed (byte* target = new CPath(path.Bytes))
        {
            if (Libc.MoveMount(Libc.SYS_move_mount, _handle, &empty, directory.Handle, target, Libc.MOVE_MOUNT_F_EMPTY_PATH) != 0)
                throw ErrnoException.Last("move_mount", path.ToString());
        }
    }

    /// <summary>The directory that the mount shows, to work in before or after it has a place.</summary>
    public DirectoryHandle OpenRoot() => DirectoryHandle.Open($"/proc/self/fd/{_handle.DangerousGetHandle()}/.");

    public void Dispose() => _handle.Dispose();

    private const uint CloneFlags = Libc.OPEN_TREE_CLONE | Libc.OPEN_TREE_CLOEXEC | Libc.AT_RECURSIVE;

    internal static void Configure(SafeFileHandle context, string type, uint command, string? key, string? value)
    {
        if (Libc.FsConfig(Libc.SYS_fsconfig, context, command, key, value, 0) != 0)
            throw ErrnoException.Last("fsconfig", $"{type} {key}");
    }

    private static SafeFileHandle Owned(long fd, string call, string subject) =>
        fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : throw ErrnoException.Last(call, subject);
}
