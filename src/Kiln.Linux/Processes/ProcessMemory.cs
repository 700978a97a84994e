// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>The memory of another process, by the kernel's rules of who may trace whom, process_vm_readv(2).</summary>
public static unsafe class ProcessMemory
{
    private const int PageSize = 4096; // the least there is: a larger page only ends later

    /// <summary>Bytes of a string up to its NUL, which is not counted. False where the memory is not there or not ours to read, or the string is longer than the buffer.</summary>
    public static bool TryReadText(int threadId, ulong address, Span<byte> buffer, out int length, out Errno error)
    {
        length = 0;
        error = Errno.None;
        while (length < buffer.Length)
        {
            ulong at = address + (ulong)length;
            // Never across a page's end: the next page need not be there.
            int wanted = (int)Math.Min(Math.Min((ulong)(buffer.Length - length), 256), PageSize - (at & (PageSize - 1)));
            Span<byte> piece = buffer.Slice(length, wanted);
            if (!TryRead(threadId, at, piece, out error))
                return false;
            int end = piece.IndexOf((byte)0);
            if (end >= 0)
            {
                length += end;
                return true;
            }
            length += wanted;
        }
        error = Errno.ENAMETOOLONG;
        return false;
    }

    public static bool TryRead(int threadId, ulong address, Span<byte> buffer, out Errno error)
    {
        fixed (byte* start = buffer)
        {
            var local = new Libc.IoVector { Base = start, Length = (nuint)buffer.Length };
            var remote = new Libc.IoVector { Base = (void*)address, Length = (nuint)buffer.Length };
            return Check(Libc.ProcessVmRead(threadId, &local, 1, &remote, 1, 0), buffer.Length, out error);
        }
    }

    /// <summary>As many bytes as there are from an address on, 0 where there is none.</summary>
    public static int ReadAvailable(int threadId, ulong address, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            var local = new Libc.IoVector { Base = start, Length = (nuint)buffer.Length };
            var remote = new Libc.IoVector { Base = (void*)address, Length = (nuint)buffer.Length };
            return (int)Math.Max(0, Libc.ProcessVmRead(threadId, &local, 1, &remote, 1, 0));
        }
    }

    public static bool TryWrite(int threadId, ulong address, ReadOnlySpan<byte> bytes, out Errno error)
    {
        fixed (byte* start = bytes)
        {
            var local = new Libc.IoVector { Base = start, Length = (nuint)bytes.Length };
            var remote = new Libc.IoVector { Base = (void*)address, Length = (nuint)bytes.Length };
            return Check(Libc.ProcessVmWrite(threadId, &local, 1, &remote, 1, 0), bytes.Length, out error);
        }
    }

    /// <summary>
    /// The text around an address, where a process has it mapped from a file for itself and may not write to it: PROCMAP_QUERY, proc_pid_maps(5). Null for all else, and on a kernel before Linux 6.11.
    /// </summary>
    public static MappedText? FindPrivateText(int processId, ulong address)
    {
        fixed (byte* path = new Files.CPath(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/maps")))
        {
            int number = Libc.OpenAt(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (number < 0)
                return null;
            using var maps = new SafeFileHandle(number, ownsHandle: true);
            var query = new Libc.MapQuery { Size = (ulong)sizeof(Libc.MapQuery), Flags = Libc.MapQuery.CoveringFileBacked, Address = address };
            return Libc.Ioctl(maps, Libc.MapQuery.Request, &query) == 0 && (query.Permissions & Libc.MapQuery.AllPermissions) == Libc.MapQuery.PrivateText
                ? new MappedText(query.Start, query.End, query.Offset, new MappedFile(query.DeviceMajor, query.DeviceMinor, query.Inode)) : null;
        }
    }

    /// <summary>
    /// Opens a process's memory to write where it may not write itself: of what it has mapped for itself alone, its text too, it gets a copy of its own then (proc_pid_mem(5)). False where the kernel
    /// does not let us. What is opened stays the process's: where that has executed something else, nothing is written.
    /// </summary>
    public static bool TryOpenToWrite(int processId, [NotNullWhen(true)] out SafeFileHandle? memory)
    {
        fixed (byte* path = new Files.CPath(string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/mem")))
        {
            int number = Libc.OpenAt(Libc.AT_FDCWD, path, Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
            memory = number < 0 ? null : new SafeFileHandle(number, ownsHandle: true);
            return memory is not null;
        }
    }

    /// <summary>Writes to memory that was opened for it.</summary>
    public static bool TryWrite(SafeFileHandle memory, ulong address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
            return Libc.PWrite(memory, start, (nuint)bytes.Length, (long)address) == bytes.Length;
    }

    private static bool Check(nint count, int expected, out Errno error)
    {
        error = count == expected ? Errno.None : count >= 0 ? Errno.EFAULT : ErrnoException.Last("process_vm").Error;
        return error == Errno.None;
    }
}
