// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux.Interop;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>
/// Reads and writes the <see cref="OwnerRecord"/> of a file that is open, also of one that is open as a place only (O_PATH), a link itself or a FIFO: by its name below
/// `/proc/self/fd`, through which the kernel reaches the very file and nothing else. A file without a record is root's.
/// </summary>
public static unsafe class RecordedOwner
{
    /// <summary>Null where the file has none, or its file system keeps none.</summary>
    public static (uint Uid, uint Gid)? Find(SafeFileHandle file, FileType type)
    {
        Span<byte> value = stackalloc byte[OwnerRecord.LongestValue];
        fixed (byte* path = Name(file, stackalloc byte[LongestName]))
        fixed (byte* key = new CPath(OwnerRecord.NameFor(type)))
        fixed (byte* to = value)
        {
            nint length = Libc.Getxattr(path, key, to, (nuint)value.Length);
            return length > 0 ? OwnerRecord.Parse(type, value[..(int)length]) : null;
        }
    }

    /// <summary>That of a directory that is open.</summary>
    public static (uint Uid, uint Gid)? Find(DirectoryHandle directory) => Find(directory.Handle, FileType.Directory);

    /// <summary>Records an owner. An error says that it could not be written; a file system that keeps no such attribute is one of them.</summary>
    public static Errno Set(SafeFileHandle file, FileType type, uint uid, uint gid)
    {
        ExtendedAttribute record = OwnerRecord.Create(type, uid, gid);
        fixed (byte* path = Name(file, stackalloc byte[LongestName]))
        fixed (byte* key = new CPath(record.Name))
        fixed (byte* value = record.Value)
        {
            if ((uid, gid) != (0, 0))
                return Libc.Setxattr(path, key, value, (nuint)record.Value.Length, 0) == 0 ? Errno.None : LastError;
            return Libc.Removexattr(path, key) == 0 || LastError == Errno.ENODATA ? Errno.None : LastError;
        }
    }

    /// <summary>Records the owner of a name in a directory. A link is not followed.</summary>
    public static Errno Set(DirectoryHandle directory, ReadOnlySpan<byte> name, FileType type, uint uid, uint gid)
    {
        byte[] path = [.. name, 0];
        Errno error = AnsweredFile.Open(directory, path, OpenFlags.PathOfLink, 0, PathResolve.Beneath | PathResolve.NoMagicLinks, out SafeFileHandle? file);
        if (file is null)
            return error;
        using (file)
            return Set(file, type, uid, gid);
    }

    /// <summary>Whether files of a directory's file system can have a record.</summary>
    public static bool IsKeptIn(string directory)
    {
        using var handle = DirectoryHandle.Open(directory);
        using SafeFileHandle self = handle.OpenSelf();
        return Set(self, FileType.Directory, 1, 1) == Errno.None && Set(self, FileType.Directory, 0, 0) == Errno.None;
    }

    private const int LongestName = 32;

    private static Errno LastError => (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError();

    private static Span<byte> Name(SafeFileHandle file, Span<byte> buffer)
    {
        buffer.Clear();
        return System.Text.Unicode.Utf8.TryWrite(buffer, CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}", out _)
            ? buffer
            : throw new System.Diagnostics.UnreachableException();
    }
}
