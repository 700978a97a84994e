// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>
/// The names of one directory as getdents64(2) gave them, to walk over large trees without an allocation for each name. It can be filled again and
/// again; a name is valid until then.
/// </summary>
public sealed unsafe class DirectoryListing
{
    private const int FirstSize = 16 * 1024;

    // struct linux_dirent64: d_ino 8, d_off 8, d_reclen 2, d_type 1, then the name with a NUL
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private byte[] _buffer = new byte[FirstSize];
    private int _end;
    private int _at;
    private int _next;

    /// <summary>The name that was moved to.</summary>
    public ReadOnlySpan<byte> Name
    {
        get
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_at + NameOffset);
            return rest[..rest.IndexOf((byte)0)];
        }
    }

    /// <summary>The inode that it names; what is mounted there has another one.</summary>
    public ulong Inode => BitConverter.ToUInt64(_buffer, _at);

    /// <summary>Whether it is a directory, where the file system says so without being asked for the inode; null elsewhere.</summary>
    public bool? IsDirectory => _buffer[_at + TypeOffset] switch
    {
        0 => null, // DT_UNKNOWN
        4 => true, // DT_DIR
        _ => false,
    };

    /// <summary>Reads all names of a directory. It stands before the first one then.</summary>
    public void Read(DirectoryHandle directory)
    {
        _end = _next = 0;
        // Another open description of the same directory: its position is nobody else's.
        using SafeFileHandle own = directory.OpenSelf();
        while (true)
        {
            if (_buffer.Length - _end < FirstSize / 2)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            long count;
            fixed (byte* start = _buffer)
                count = Libc.GetDents64(Libc.SYS_getdents64, own, start + _end, (nuint)(_buffer.Length - _end));
            if (count < 0)
                throw ErrnoException.Last("getdents64");
            if (count == 0)
                return;
            _end += (int)count;
        }
    }

    /// <summary>Moves to the next name, `.` and `..` left out.</summary>
    public bool MoveNext()
    {
        while (_next < _end)
        {
            _at = _next;
            _next += BitConverter.ToUInt16(_buffer, _at + LengthOffset);
            if (!(Name is [(byte)'.'] or [(byte)'.', (byte)'.']))
                return true;
        }
        return false;
    }

    /// <summary>The status of the name that was moved to, in the directory that was read; null where it has gone meanwhile.</summary>
    public FileStatus? FindStatus(DirectoryHandle directory)
    {
        Libc.StatxBuffer status;
        fixed (byte* start = _buffer)
        {
            // A network file system need not ask its server: the tree is the builder's own.
            if (Libc.Statx(directory.Handle, start + _at + NameOffset, Libc.AT_SYMLINK_NOFOLLOW | Libc.AT_STATX_DONT_SYNC, DirectoryHandle.StatxBasic, &status) == 0)
                return new FileStatus(status);
        }
        return Marshal.GetLastPInvokeError() == (int)Errno.ENOENT ? null : throw ErrnoException.Last("statx", System.Text.Encoding.UTF8.GetString(Name));
    }
}
