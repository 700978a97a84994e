// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Tracing;

/// <summary>What a process may do with some of its memory, mmap(2).</summary>
[Flags]
public enum MemoryAccess
{
    None = Libc.PROT_NONE,
    Read = Libc.PROT_READ,
    Write = Libc.PROT_WRITE,
    Execute = Libc.PROT_EXEC,
}
