// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Tracing;

/// <summary>
/// Machine code for x86-64 that a stopped thread is given to run: it makes the system calls of a table in turn, up to the first that fails, and traps. The table's address is
/// in rbx, the number of its rows in ebp; what is left of that at the end is how many were not done, the failed one included, and rax has the last result.
/// </summary>
internal static class CallLoop
{
    /// <summary>A whole number of words, for words are what PTRACE_POKETEXT writes.</summary>
    internal static ReadOnlySpan<byte> X64 =>
    [
        0x48, 0x8b, 0x03,       // 1:  mov  0(%rbx), %rax
        0x48, 0x8b, 0x7b, 0x08, //     mov  8(%rbx), %rdi
        0x48, 0x8b, 0x73, 0x10, //     mov  16(%rbx), %rsi
        0x48, 0x8b, 0x53, 0x18, //     mov  24(%rbx), %rdx
        0x4c, 0x8b, 0x53, 0x20, //     mov  32(%rbx), %r10
        0x4c, 0x8b, 0x43, 0x28, //     mov  40(%rbx), %r8
        0x4c, 0x8b, 0x4b, 0x30, //     mov  48(%rbx), %r9
        0x0f, 0x05,             //     syscall
        0x48, 0x83, 0xc3, 0x38, //     add  $56, %rbx
        0x48, 0x85, 0xc0,       //     test %rax, %rax
        0x78, 0x04,             //     js   2f
        0xff, 0xcd,             //     dec  %ebp
        0x75, 0xd6,             //     jnz  1b
        0xcc,                   // 2:  int3
        0x0f, 0x0b,             //     ud2
        0x0f, 0x0b,             //     ud2
        0x90,                   //     nop
    ];

    /// <summary>Where the thread stands after the trap, from the code's start.</summary>
    internal const int TrapOffset = 43;

    internal static byte[] Encode(IReadOnlyList<InjectedCall> calls)
    {
        ulong[] words = new ulong[calls.Count * InjectedCall.Words];
        for (int i = 0; i < calls.Count; i++)
            calls[i].CopyTo(words.AsSpan(i * InjectedCall.Words));
        return MemoryMarshal.AsBytes<ulong>(words).ToArray();
    }
}
