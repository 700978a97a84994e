// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Processes;

/// <summary>
/// The machine code that makes a child process. It takes a table of system calls (<see cref="SyscallScript"/>), makes the first,
/// and returns its result to the caller; where that result is 0, which is to say in the child of a clone, it makes the others in turn
/// instead and never returns. A call whose result is below its least one ends the child with status 127.
/// </summary>
/// <remarks>
/// It is machine code because the child is a copy of one thread of a managed process: the collector, the other threads and
/// whoever held a lock are not there. Compiled C# polls for a pending collection after every native call, and a child
/// that was copied while one was pending would wait for it for ever.
/// </remarks>
internal static unsafe class ForkCode
{
    /// <summary>From the table's address to the first call's result.</summary>
    internal static readonly delegate* unmanaged<nint*, nint> Run = Load();

    /// <summary>Seven words make a row: the number, five arguments, the least result.</summary>
    internal const int WordsPerRow = 7;

    internal static ReadOnlySpan<byte> X64 =>
    [
        0x53,                         //     push %rbx
        0x48, 0x89, 0xfb,             //     mov  %rdi, %rbx
        0x48, 0x8b, 0x03,             //     mov  0(%rbx), %rax
        0x48, 0x8b, 0x7b, 0x08,       //     mov  8(%rbx), %rdi
        0x48, 0x8b, 0x73, 0x10,       //     mov  16(%rbx), %rsi
        0x48, 0x8b, 0x53, 0x18,       //     mov  24(%rbx), %rdx
        0x4c, 0x8b, 0x53, 0x20,       //     mov  32(%rbx), %r10
        0x4c, 0x8b, 0x43, 0x28,       //     mov  40(%rbx), %r8
        0x0f, 0x05,                   //     syscall
        0x48, 0x85, 0xc0,             //     test %rax, %rax
        0x74, 0x02,                   //     je   1f
        0x5b,                         //     pop  %rbx
        0xc3,                         //     ret
        0x48, 0x83, 0xc3, 0x38,       // 1:  add  $56, %rbx
        0x48, 0x8b, 0x03,             //     mov  0(%rbx), %rax
        0x48, 0x8b, 0x7b, 0x08,       //     mov  8(%rbx), %rdi
        0x48, 0x8b, 0x73, 0x10,       //     mov  16(%rbx), %rsi
        0x48, 0x8b, 0x53, 0x18,       //     mov  24(%rbx), %rdx
        0x4c, 0x8b, 0x53, 0x20,       //     mov  32(%rbx), %r10
        0x4c, 0x8b, 0x43, 0x28,       //     mov  40(%rbx), %r8
        0x0f, 0x05,                   //     syscall
        0x48, 0x3b, 0x43, 0x30,       //     cmp  48(%rbx), %rax
        0x7d, 0xdd,                   //     jge  1b
        0xbf, 0x7f, 0x00, 0x00, 0x00, //     mov  $127, %edi
        0xb8, 0xe7, 0x00, 0x00, 0x00, //     mov  $231, %eax       exit_group
        0x0f, 0x05,                   //     syscall
        0x0f, 0x0b,                   //     ud2
    ];

    internal static ReadOnlySpan<byte> Arm64 =>
    [
        0xe9, 0x03, 0x00, 0xaa, //     mov  x9, x0
        0x28, 0x01, 0x40, 0xf9, //     ldr  x8, [x9]
        0x20, 0x85, 0x40, 0xa9, //     ldp  x0, x1, [x9, #8]
        0x22, 0x8d, 0x41, 0xa9, //     ldp  x2, x3, [x9, #24]
        0x24, 0x15, 0x40, 0xf9, //     ldr  x4, [x9, #40]
        0x01, 0x00, 0x00, 0xd4, //     svc  #0
        0x40, 0x00, 0x00, 0xb4, //     cbz  x0, 1f
        0xc0, 0x03, 0x5f, 0xd6, //     ret
        0x29, 0xe1, 0x00, 0x91, // 1:  add  x9, x9, #56
        0x28, 0x01, 0x40, 0xf9, //     ldr  x8, [x9]
        0x20, 0x85, 0x40, 0xa9, //     ldp  x0, x1, [x9, #8]
        0x22, 0x8d, 0x41, 0xa9, //     ldp  x2, x3, [x9, #24]
        0x24, 0x15, 0x40, 0xf9, //     ldr  x4, [x9, #40]
        0x01, 0x00, 0x00, 0xd4, //     svc  #0
        0x2a, 0x19, 0x40, 0xf9, //     ldr  x10, [x9, #48]
        0x1f, 0x00, 0x0a, 0xeb, //     cmp  x0, x10
        0x0a, 0xff, 0xff, 0x54, //     b.ge 1b
        0xe0, 0x0f, 0x80, 0xd2, //     mov  x0, #127
        0xc8, 0x0b, 0x80, 0xd2, //     mov  x8, #94          exit_group
        0x01, 0x00, 0x00, 0xd4, //     svc  #0
        0x00, 0x00, 0x20, 0xd4, //     brk  #0
    ];

    private static delegate* unmanaged<nint*, nint> Load()
    {
        ReadOnlySpan<byte> code = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => X64,
            Architecture.Arm64 => Arm64,
            var other => throw new PlatformNotSupportedException($"no code to start a sandbox on {other}"),
        };
        void* page = Libc.Mmap(null, (nuint)Environment.SystemPageSize, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if ((nint)page == -1)
            throw ErrnoException.Last("mmap");
        code.CopyTo(new Span<byte>(page, code.Length));
        // Kernel: a page that was never executable is cleaned from arm64's data cache when it becomes so.
        if (Libc.Mprotect(page, (nuint)Environment.SystemPageSize, Libc.PROT_READ | Libc.PROT_EXEC) != 0)
            throw ErrnoException.Last("mprotect");
        return (delegate* unmanaged<nint*, nint>)page;
    }
}
