// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const ulong MS_REC = 0x4000;
    internal const ulong MS_PRIVATE = 1 << 18;
    internal const int MNT_DETACH = 2;
    internal const uint OPEN_TREE_CLONE = 1;
    internal const uint OPEN_TREE_CLOEXEC = 0x80000;
    internal const uint AT_RECURSIVE = 0x8000;
    internal const uint MOVE_MOUNT_F_EMPTY_PATH = 4;
    internal const uint FSOPEN_CLOEXEC = 1;
    internal const uint FSMOUNT_CLOEXEC = 1;
    internal const uint FSCONFIG_SET_FLAG = 0;
    internal const uint FSCONFIG_SET_STRING = 1;
    internal const uint FSCONFIG_CMD_CREATE = 6;
    internal const long SYS_open_tree = 428;
    internal const long SYS_move_mount = 429;
    internal const long SYS_fsopen = 430;
    internal const long SYS_fsconfig = 431;
    internal const long SYS_fsmount = 432;
    internal const long SYS_mount_setattr = 442;
    internal static readonly long SYS_pivot_root = OnArm64 ? 41 : 155;

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Mount(string? source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unmount(string target, int flags);

    [LibraryImport("libc", EntryPoint = "fchdir", SetLastError = true)]
    internal static partial int ChangeDirectory(SafeHandle directory);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long PivotRoot(long number, string newRoot, string putOld);

    // The calls of the mount API of Linux 5.2 have wrappers since glibc 2.36 only.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long FsOpen(long number, string type, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial long FsConfig(long number, SafeHandle context, uint command, string? key, string? value, int auxiliary);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long FsMount(long number, SafeHandle context, uint flags, uint attributes);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long OpenTree(long number, int directory, byte* path, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long MoveMount(long number, SafeHandle from, byte* fromPath, SafeHandle to, byte* toPath, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long MountSetAttr(long number, SafeHandle mount, byte* path, uint flags, MountAttr* attributes, nuint size);

    /// <summary>mount_attr, mount_setattr(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MountAttr
    {
        internal ulong Set;
        internal ulong Clear;
        internal ulong Propagation;
        internal ulong UserNamespace;
    }
}
