// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Seccomp;

/// <summary>One instruction of classic BPF: `struct sock_filter`, linux/filter.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BpfInstruction(ushort Code, byte JumpTrue, byte JumpFalse, uint Value)
{
    internal const ushort LoadWord = 0x20;          // BPF_LD | BPF_W | BPF_ABS
    internal const ushort LoadHalf = 0x28;          // BPF_LD | BPF_H | BPF_ABS
    internal const ushort LoadByte = 0x30;          // BPF_LD | BPF_B | BPF_ABS
    internal const ushort And = 0x54;               // BPF_ALU | BPF_AND | BPF_K
    internal const ushort JumpEqual = 0x15;         // BPF_JMP | BPF_JEQ | BPF_K
    internal const ushort JumpGreaterOrEqual = 0x35; // BPF_JMP | BPF_JGE | BPF_K
    internal const ushort Return = 0x06;            // BPF_RET | BPF_K
}
