// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Supervision;

/// <content>What changes something. Names are single components of this directory, with a NUL; nothing follows a link.</content>
public readonly unsafe partial struct Place
{
    public Errno MakeDirectory(ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* path = name)
            return Result(Libc.MkdirAt(Number, path, (uint)mode));
    }

    /// <summary>A FIFO, a socket or an empty file.</summary>
    public Errno MakeNode(ReadOnlySpan<byte> name, FileType type, int mode)
    {
        fixed (byte* path = name)
            return Result(Libc.MknodAt(Number, path, (uint)type | (uint)mode, 0));
    }

    public Errno MakeLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        fixed (byte* path = name)
        fixed (byte* text = target)
            return Result(Libc.SymlinkAt(text, Number, path));
    }

    /// <summary>Gives an open file, even one that has no name yet, a name here.</summary>
    public Errno GiveName(ReadOnlySpan<byte> name, Place file)
    {
        fixed (byte* path = name)
        fixed (byte* own = file.SelfPath(stackalloc byte[LongestProcPath]))
            return Result(Libc.LinkAt(Libc.AT_FDCWD, own, Number, path, Libc.AT_SYMLINK_FOLLOW));
    }

    public Errno Unlink(ReadOnlySpan<byte> name, bool directory)
    {
        fixed (byte* path = name)
            return Result(Libc.UnlinkAt(Number, path, directory ? Libc.AT_REMOVEDIR : 0));
    }

    /// <summary>renameat2(2) with its flags.</summary>
    public Errno Rename(ReadOnlySpan<byte> name, Place to, ReadOnlySpan<byte> newName, uint flags)
    {
        fixed (byte* path = name)
        fixed (byte* newPath = newName)
            return Result(Libc.RenameAt2(Libc.SYS_renameat2, Number, path, to.Number, newPath, flags));
    }

    /// <summary>The mode of what is open, as a place too; a link has none.</summary>
    public Errno SetMode(int mode)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
            return Result(Libc.Chmod(path, (uint)mode));
    }

    /// <summary>Access and modification time as two timespecs of the caller's; empty for now. A link's too.</summary>
    public Errno SetTimes(ReadOnlySpan<byte> times)
    {
        byte empty = 0;
        fixed (byte* two = times)
            return Result(Libc.UtimensAt(Number, &empty, (Libc.Timespec*)two, Libc.AT_EMPTY_PATH));
    }

    public Errno SetLength(long length)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
            return Result(Libc.Truncate(path, length));
    }

    /// <summary>getxattr(2): the length of the value, which is written where there is room.</summary>
    public Errno GetAttribute(ReadOnlySpan<byte> name, Span<byte> value, out int length)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
        fixed (byte* key = name)
        fixed (byte* to = value)
            return Counted(Libc.Getxattr(path, key, to, (nuint)value.Length), out length);
    }

    /// <summary>listxattr(2).</summary>
    public Errno ListAttributes(Span<byte> names, out int length)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
        fixed (byte* to = names)
            return Counted(Libc.Listxattr(path, to, (nuint)names.Length), out length);
    }

    public Errno SetAttribute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
        fixed (byte* key = name)
        fixed (byte* from = value)
            return Result(Libc.Setxattr(path, key, from, (nuint)value.Length, flags));
    }

    public Errno RemoveAttribute(ReadOnlySpan<byte> name)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
        fixed (byte* key = name)
            return Result(Libc.Removexattr(path, key));
    }

    /// <summary>Has a watcher (inotify(7)) look at what is open. The number of the watch, or an error.</summary>
    public Errno Watch(System.Runtime.InteropServices.SafeHandle watcher, uint mask, out int watch)
    {
        fixed (byte* path = SelfPath(stackalloc byte[LongestProcPath]))
        {
            watch = Libc.InotifyAddWatch(watcher, path, mask);
            return Result(watch);
        }
    }

    private static Errno Counted(nint count, out int length)
    {
        length = (int)Math.Max(0, count);
        return count >= 0 ? Errno.None : LastError;
    }
}
