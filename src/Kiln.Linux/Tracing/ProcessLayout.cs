// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Tracing;

/// <summary>Where the kernel believes a program's parts to be: what it shows in `/proc/PID/cmdline` and its like, and where the heap begins. All are addresses; an end is behind the last byte.</summary>
public readonly unsafe record struct ProcessLayout
{
    public required (ulong Start, ulong End) Code { get; init; }

    public required (ulong Start, ulong End) Data { get; init; }

    /// <summary>Where the heap begins, which is empty.</summary>
    public required ulong Heap { get; init; }

    /// <summary>The stack pointer at the program's entry.</summary>
    public required ulong Stack { get; init; }

    public required (ulong Start, ulong End) Arguments { get; init; }

    public required (ulong Start, ulong End) Environment { get; init; }

    /// <summary>The bytes for an address that <see cref="InjectedCall.SetLayout"/> is made with, the auxiliary vector behind them.</summary>
    public byte[] Encode(ulong address, ReadOnlySpan<byte> auxiliaryVector)
    {
        int size = sizeof(Libc.MemoryMap);
        byte[] bytes = new byte[size + auxiliaryVector.Length];
        MemoryMarshal.Write(bytes, new Libc.MemoryMap
        {
            StartCode = Code.Start,
            EndCode = Code.End,
            StartData = Data.Start,
            EndData = Data.End,
            StartHeap = Heap,
            EndHeap = Heap,
            StartStack = Stack,
            StartArguments = Arguments.Start,
            EndArguments = Arguments.End,
            StartEnvironment = Environment.Start,
            EndEnvironment = Environment.End,
            AuxiliaryVector = address + (ulong)size,
            AuxiliarySize = (uint)auxiliaryVector.Length,
            Executable = uint.MaxValue, // as it is
        });
        auxiliaryVector.CopyTo(bytes.AsSpan(size));
        return bytes;
    }
}
