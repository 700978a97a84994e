// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport("libc", EntryPoint = "process_vm_readv", SetLastError = true)]
    internal static partial nint ProcessVmRead(int pid, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint PWrite(SafeHandle file, byte* buffer, nuint size, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    internal static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "process_vm_writev", SetLastError = true)]
    internal static partial nint ProcessVmWrite(int pid, IoVector* local, nuint localCount, IoVector* remote, nuint remoteCount, nuint flags);

    /// <summary>procmap_query of linux/fs.h, Linux 6.11; headers of older systems do not have it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MapQuery
    {
        internal const nuint Request = 0xC0686611; // PROCMAP_QUERY
        internal const ulong CoveringFileBacked = 0x20; // PROCMAP_QUERY_FILE_BACKED_VMA
        internal const ulong AllPermissions = 0xF, PrivateText = 0x1 | 0x4; // PROCMAP_QUERY_VMA_READABLE, _WRITABLE, _EXECUTABLE, _SHARED

        internal ulong Size;
        internal ulong Flags;
        internal ulong Address;
        internal ulong Start;
        internal ulong End;
        internal ulong Permissions;
        internal ulong PageSize;
        internal ulong Offset;
        internal ulong Inode;
        internal uint DeviceMajor;
        internal uint DeviceMinor;
        internal uint NameSize;
        internal uint BuildIdSize;
        internal ulong NameAddress;
        internal ulong BuildIdAddress;
    }
}
