// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Tracing;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>A part of a program that is put into memory (PT_LOAD, elf(5)). The file's part is not longer than that in memory, and neither goes beyond what a process may have.</summary>
internal readonly record struct ElfSegment(ulong Offset, ulong FileSize, ulong Address, ulong MemorySize, MemoryAccess Access)
{
    public ulong FileEnd => Address + FileSize;

    public ulong End => Address + MemorySize;
}
