// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    /// <summary>getdents64(2): 217 on x86-64, 61 where the generic table is used.</summary>
    internal static readonly long SYS_getdents64 = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 217 : 61;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long GetDents64(long number, SafeHandle directory, byte* buffer, nuint size);
}
