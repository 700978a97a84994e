// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <content>What changes names in this very directory. Names are single components; nothing follows a link.</content>
public sealed unsafe partial class DirectoryHandle
{
    public void MakeDirectory(ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.MkdirAt(_handle, path, (uint)mode), "mkdirat", name);
    }

    /// <summary>False where the name is taken.</summary>
    public bool TryMakeDirectory(ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* path = new CPath(CheckName(name)))
        {
            if (Libc.MkdirAt(_handle, path, (uint)mode) == 0)
                return true;
        }
        return Marshal.GetLastPInvokeError() == (int)Errno.EEXIST ? false : throw ErrnoException.Last("mkdirat", Encoding.UTF8.GetString(name));
    }

    public void MakeSymbolicLink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        fixed (byte* path = new CPath(CheckName(name)))
        fixed (byte* text = new CPath(target))
            Check(Libc.SymlinkAt(text, _handle, path), "symlinkat", name);
    }

    /// <summary>Gives a file of another directory one more name here.</summary>
    public void MakeHardLink(ReadOnlySpan<byte> name, DirectoryHandle from, ReadOnlySpan<byte> existing)
    {
        fixed (byte* path = new CPath(CheckName(name)))
        fixed (byte* old = new CPath(CheckName(existing)))
            Check(Libc.LinkAt(from._handle, old, _handle, path, 0), "linkat", name);
    }

    /// <summary>Makes a FIFO or a device node.</summary>
    public void MakeNode(ReadOnlySpan<byte> name, FileType type, int mode, DeviceNumber device)
    {
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.MknodAt(_handle, path, (uint)type | (uint)mode, device.Packed), "mknodat", name);
    }

    /// <summary>Removes a name that is no directory's.</summary>
    public void Unlink(ReadOnlySpan<byte> name)
    {
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.UnlinkAt(_handle, path, 0), "unlinkat", name);
    }

    public void RemoveDirectory(ReadOnlySpan<byte> name)
    {
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.UnlinkAt(_handle, path, Libc.AT_REMOVEDIR), "rmdir", name);
    }

    /// <summary>Moves a name into another directory.</summary>
    public void Move(ReadOnlySpan<byte> name, DirectoryHandle to, ReadOnlySpan<byte> newName)
    {
        fixed (byte* path = new CPath(CheckName(name)))
        fixed (byte* newPath = new CPath(CheckName(newName)))
            Check(Libc.RenameAt(_handle, path, to._handle, newPath), "renameat", name);
    }

    public void SetOwner(ReadOnlySpan<byte> name, uint uid, uint gid)
    {
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.FchownAt(_handle, path, uid, gid, Libc.AT_SYMLINK_NOFOLLOW), "fchownat", name);
    }

    /// <summary>Sets the mode of something that is not a symbolic link (those have none).</summary>
    public void SetMode(ReadOnlySpan<byte> name, int mode)
    {
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.FchmodAt(_handle, path, (uint)mode, Libc.AT_SYMLINK_NOFOLLOW), "fchmodat", name);
    }

    /// <summary>Sets the mode of the directory itself.</summary>
    public void SetMode(int mode) => Check(Libc.Fchmod(_handle, (uint)mode), "fchmod", default);

    public void SetModifiedTime(ReadOnlySpan<byte> name, UnixTime time)
    {
        Libc.Timespec* times = stackalloc Libc.Timespec[2];
        FillTimes(times, time);
        fixed (byte* path = new CPath(CheckName(name)))
            Check(Libc.UtimensAt(_handle, path, times, Libc.AT_SYMLINK_NOFOLLOW), "utimensat", name);
    }

    /// <summary>Owner, mode and time of an open file, in the order that keeps special bits: chown clears them.</summary>
    public static void SetMetadata(SafeFileHandle file, (uint Uid, uint Gid)? owner, int mode, UnixTime time)
    {
        if (owner is { } to)
            Check(Libc.Fchown(file, to.Uid, to.Gid), "fchown", default);
        Check(Libc.Fchmod(file, (uint)mode), "fchmod", default);
        Libc.Timespec* times = stackalloc Libc.Timespec[2];
        FillTimes(times, time);
        Check(Libc.Futimens(file, times), "futimens", default);
    }

    private static void FillTimes(Libc.Timespec* times, UnixTime time)
    {
        times[0] = times[1] = new Libc.Timespec { Seconds = time.Seconds, Nanoseconds = time.Nanoseconds };
    }

    private static void Check(int result, string call, ReadOnlySpan<byte> name)
    {
        if (result != 0)
            throw ErrnoException.Last(call, Encoding.UTF8.GetString(name));
    }
}
