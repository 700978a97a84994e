// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Processes;

/// <summary>pipe(2): two ends, neither of which a program that we start inherits by accident.</summary>
public sealed unsafe class Pipe : IDisposable
{
    private Pipe(int reader, int writer)
    {
        Reader = new SafeFileHandle(reader, ownsHandle: true);
        Writer = new SafeFileHandle(writer, ownsHandle: true);
    }

    public SafeFileHandle Reader { get; }

    public SafeFileHandle Writer { get; }

    public static Pipe Create()
    {
        int* ends = stackalloc int[2];
        return Libc.Pipe2(ends, Libc.O_CLOEXEC) == 0 ? new Pipe(ends[0], ends[1]) : throw ErrnoException.Last("pipe2");
    }

    public void Dispose()
    {
        Reader.Dispose();
        Writer.Dispose();
    }
}
