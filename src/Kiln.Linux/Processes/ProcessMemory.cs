// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

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

    private static bool Check(nint count, int expected, out Errno error)
    {
        error = count == expected ? Errno.None : count >= 0 ? Errno.EFAULT : ErrnoException.Last("process_vm").Error;
        return error == Errno.None;
    }
}
