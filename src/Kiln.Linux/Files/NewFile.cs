// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Files;

/// <summary>
/// A regular file that was made a moment ago and is open to be filled: one system call for each thing that is done to it, and none besides.
/// </summary>
public sealed unsafe class NewFile : IDisposable
{
    private readonly SafeFileHandle _file;

    internal NewFile(SafeFileHandle file) => _file = file;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint count;
            fixed (byte* start = bytes)
                count = Libc.Write(_file, start, (nuint)bytes.Length);
            if (count < 0)
                throw ErrnoException.Last("write");
            bytes = bytes[(int)count..];
        }
    }

    /// <summary>Makes it this long without storing anything (ftruncate(2)).</summary>
    public void SetLength(long length) => Check(Libc.Ftruncate(_file, length), "ftruncate");

    /// <summary>Leaves a hole: what is written next comes so many bytes later.</summary>
    public void Skip(long count)
    {
        if (count > 0 && Libc.Lseek(_file, count, Libc.SEEK_CUR) < 0)
            throw ErrnoException.Last("lseek");
    }

    /// <summary>Before the mode: it clears special bits (chown(2)).</summary>
    public void SetOwner(uint uid, uint gid) => Check(Libc.Fchown(_file, uid, gid), "fchown");

    public void SetMode(int mode) => Check(Libc.Fchmod(_file, (uint)mode), "fchmod");

    public void SetModifiedTime(UnixTime time)
    {
        Libc.Timespec* times = stackalloc Libc.Timespec[2];
        times[0] = times[1] = new Libc.Timespec { Seconds = time.Seconds, Nanoseconds = time.Nanoseconds };
        Check(Libc.Futimens(_file, times), "futimens");
    }

    public FileStatus GetStatus() => DirectoryHandle.GetStatus(_file, UnixPath.Root);

    public void Dispose() => _file.Dispose();

    private static void Check(int result, string call)
    {
        if (result != 0)
            throw ErrnoException.Last(call);
    }
}
