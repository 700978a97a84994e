// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Files;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Supervision;

/// <summary>
/// Calls made in the place of another process. An error is a result here, for it is the other's; paths are bytes with a NUL at their end, as they
/// came from its memory.
/// </summary>
public static unsafe class AnsweredFile
{
    /// <summary>sizeof(struct stat) is 144 on x86-64 and 128 on arm64.</summary>
    public static int StatSize { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 128 : 144;

    public static int StatxSize => sizeof(Libc.StatxBuffer);

    /// <summary>openat2(2). What is returned is closed in the programs that this process starts.</summary>
    public static Errno Open(DirectoryHandle directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode, PathResolve resolve, out SafeFileHandle? file)
    {
        var how = new Libc.OpenHow { Flags = (uint)flags.ForOpenAt2, Mode = flags.Creates ? (uint)mode & 0xFFF : 0, Resolve = (ulong)resolve };
        fixed (byte* name = path)
        {
            long fd = Libc.OpenAt2(Libc.SYS_openat2, directory.Handle, name, &how, (nuint)sizeof(Libc.OpenHow));
            file = fd >= 0 ? new SafeFileHandle((nint)fd, ownsHandle: true) : null;
            return fd >= 0 ? Errno.None : LastError;
        }
    }

    /// <summary>The type bits of what is there (0 on error), without following a link.</summary>
    public static Errno FindType(DirectoryHandle directory, ReadOnlySpan<byte> path, PathResolve resolve, out FileType type)
    {
        type = default;
        Errno error = Open(directory, path, OpenFlags.PathOfLink, 0, resolve, out SafeFileHandle? file);
        if (file is null)
            return error;
        using (file)
        {
            type = DirectoryHandle.GetStatus(file, UnixPath.Root).Type;
            return Errno.None;
        }
    }

    /// <summary>What an open file is, also one that is open as a place only.</summary>
    public static FileStatus GetStatus(SafeFileHandle file) => DirectoryHandle.GetStatus(file, UnixPath.Root);

    /// <summary>Takes an open directory over.</summary>
    public static DirectoryHandle AsDirectory(SafeFileHandle directory) => DirectoryHandle.Of(directory);

    /// <summary>newfstatat(2): the kernel's own struct stat.</summary>
    public static Errno Stat(DirectoryHandle directory, ReadOnlySpan<byte> path, bool follow, Span<byte> buffer)
    {
        fixed (byte* name = path)
        fixed (byte* to = buffer)
            return Result(Libc.Fstatat(Libc.SYS_newfstatat, directory.Handle, name, to, follow ? 0 : Libc.AT_SYMLINK_NOFOLLOW));
    }

    /// <summary>The kernel's own struct stat of an open file.</summary>
    public static Errno Stat(SafeFileHandle file, Span<byte> buffer)
    {
        byte empty = 0;
        fixed (byte* to = buffer)
            return Result(Libc.Fstatat(Libc.SYS_newfstatat, file, &empty, to, Libc.AT_EMPTY_PATH));
    }

    /// <summary>statx(2).</summary>
    public static Errno Statx(DirectoryHandle directory, ReadOnlySpan<byte> path, bool follow, uint mask, Span<byte> buffer)
    {
        fixed (byte* name = path)
        fixed (byte* to = buffer)
            return Result(Libc.StatxRaw(Libc.SYS_statx, directory.Handle, name, follow ? 0 : Libc.AT_SYMLINK_NOFOLLOW, mask, to));
    }

    public static Errno Statx(SafeFileHandle file, uint mask, Span<byte> buffer)
    {
        byte empty = 0;
        fixed (byte* to = buffer)
            return Result(Libc.StatxRaw(Libc.SYS_statx, file, &empty, Libc.AT_EMPTY_PATH, mask, to));
    }

    /// <summary>readlinkat(2).</summary>
    public static Errno ReadLink(DirectoryHandle directory, ReadOnlySpan<byte> path, Span<byte> buffer, out int length)
    {
        fixed (byte* name = path)
        fixed (byte* to = buffer)
        {
            nint count = Libc.ReadLinkAt(directory.Handle, name, to, (nuint)buffer.Length);
            length = (int)Math.Max(0, count);
            return count >= 0 ? Errno.None : LastError;
        }
    }

    /// <summary>The text of a link that is open.</summary>
    public static Errno ReadLink(SafeFileHandle link, Span<byte> buffer, out int length)
    {
        byte empty = 0;
        fixed (byte* to = buffer)
        {
            nint count = Libc.ReadLinkAt(link, &empty, to, (nuint)buffer.Length);
            length = (int)Math.Max(0, count);
            return count >= 0 ? Errno.None : LastError;
        }
    }

    /// <summary>linkat(2) from what a magic link leads to.</summary>
    public static Errno Link(DirectoryHandle from, ReadOnlySpan<byte> magicLink, DirectoryHandle parent, ReadOnlySpan<byte> name)
    {
        const int followLink = 0x400; // AT_SYMLINK_FOLLOW
        fixed (byte* source = magicLink)
        fixed (byte* target = new CPath(name))
            return Result(Libc.LinkAt(from.Handle, source, parent.Handle, target, followLink));
    }

    /// <summary>faccessat2(2) by the effective ids.</summary>
    public static Errno Access(DirectoryHandle directory, ReadOnlySpan<byte> path, int mode, bool follow)
    {
        fixed (byte* name = path)
            return Result(Libc.Faccessat2(Libc.SYS_faccessat2, directory.Handle, name, mode, Libc.AT_EACCESS | (follow ? 0 : Libc.AT_SYMLINK_NOFOLLOW)));
    }

    /// <summary>fchmodat(2), following links.</summary>
    public static Errno ChangeMode(DirectoryHandle directory, ReadOnlySpan<byte> path, int mode)
    {
        fixed (byte* name = path)
            return Result(Libc.FchmodAt(directory.Handle, name, (uint)mode, 0));
    }

    /// <summary>fchownat(2), following links.</summary>
    public static Errno ChangeOwner(DirectoryHandle directory, ReadOnlySpan<byte> path, uint uid, uint gid)
    {
        fixed (byte* name = path)
            return Result(Libc.FchownAt(directory.Handle, name, uid, gid, 0));
    }

    /// <summary>fchownat(2) of an open file, which may be open as a place only.</summary>
    public static Errno ChangeOwner(SafeFileHandle file, uint uid, uint gid)
    {
        byte empty = 0;
        return Result(Libc.FchownAt(file, &empty, uid, gid, Libc.AT_EMPTY_PATH));
    }

    /// <summary>listxattr(2) of an open file, which may be open as a place only.</summary>
    public static Errno ListAttributes(SafeFileHandle file, Span<byte> list, out int length)
    {
        fixed (byte* path = new CPath(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}")))
        fixed (byte* to = list)
        {
            nint count = Libc.Listxattr(path, to, (nuint)list.Length);
            length = (int)Math.Max(0, count);
            return count >= 0 ? Errno.None : LastError;
        }
    }

    /// <summary>utimensat(2), following links, with the caller's two timespecs; none means now.</summary>
    public static Errno ChangeTimes(DirectoryHandle directory, ReadOnlySpan<byte> path, ReadOnlySpan<byte> times)
    {
        fixed (byte* name = path)
        fixed (byte* two = times)
            return Result(Libc.UtimensAt(directory.Handle, name, (Libc.Timespec*)two, 0));
    }

    /// <summary>Opens a directory to do things in, resolved as asked.</summary>
    public static Errno OpenDirectory(DirectoryHandle directory, ReadOnlySpan<byte> path, PathResolve resolve, out DirectoryHandle? opened)
    {
        Errno error = Open(directory, path, OpenFlags.Directory, 0, resolve, out SafeFileHandle? file);
        opened = file is null ? null : DirectoryHandle.Of(file);
        return error;
    }

    /// <summary>Makes an empty file that stands for a device node, of a given owner. Nothing is left where that fails.</summary>
    public static Errno MakeDeviceMark(DirectoryHandle parent, ReadOnlySpan<byte> name, int mode, (uint Uid, uint Gid) owner, ExtendedAttribute mark)
    {
        var flags = new OpenFlags(Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW);
        fixed (byte* text = new CPath(name))
        fixed (byte* key = new CPath(mark.Name))
        fixed (byte* value = mark.Value)
        {
            Errno error = Open(parent, new ReadOnlySpan<byte>(text, name.Length + 1), flags, mode, PathResolve.Beneath | PathResolve.NoLinks, out SafeFileHandle? file);
            if (file is null)
                return error;
            using (file)
            {
                if (Libc.Fsetxattr(file, key, value, (nuint)mark.Value.Length, 0) == 0 && Libc.Fchown(file, owner.Uid, owner.Gid) == 0 && Libc.Fchmod(file, (uint)mode) == 0)
                    return Errno.None;
                error = LastError;
            }
            _ = Libc.UnlinkAt(parent.Handle, text, 0);
            return error;
        }
    }

    /// <summary>Blocking from now on, as the caller of an open that we made without waiting wanted it.</summary>
    public static void MakeBlocking(SafeFileHandle file, OpenFlags flags) => _ = Libc.Fcntl(file, Libc.F_SETFL, flags.Value);

    /// <summary>The number of the terminal that belongs to a master which `/dev/ptmx` gave; null where the file is no such thing.</summary>
    public static int? FindTerminal(SafeFileHandle master)
    {
        int number;
        return Libc.Ioctl(master, unchecked((uint)Libc.TIOCGPTN), &number) == 0 ? number : null;
    }

    /// <summary>uname(2) with another node name: six fields of 65 bytes.</summary>
    public static byte[] DescribeMachine(string nodeName)
    {
        const int field = 65;
        byte[] text = new byte[6 * field];
        fixed (byte* to = text)
            _ = Libc.Uname(to);
        Span<byte> node = text.AsSpan(field, field);
        node.Clear();
        System.Text.Encoding.UTF8.GetBytes(nodeName.AsSpan(0, Math.Min(nodeName.Length, field - 1)), node);
        return text;
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    private static Errno Result(long result) => result >= 0 ? Errno.None : LastError;
}
