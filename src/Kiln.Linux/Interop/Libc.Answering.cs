// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

/// <content>The raw calls by which those of another process are answered: their results are the kernel's own, structures included.</content>
internal static unsafe partial class Libc
{
    internal const ulong RESOLVE_IN_ROOT = 0x10;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int AT_EACCESS = 0x200;
    internal const int TIOCGPTN = unchecked((int)0x80045430);
    internal const int S_IFREG = 0x8000;
    internal static readonly long SYS_newfstatat = OnArm64 ? 79 : 262;
    internal static readonly long SYS_statx = OnArm64 ? 291 : 332;
    internal static readonly long SYS_setfsuid = OnArm64 ? 151 : 122;
    internal static readonly long SYS_setfsgid = OnArm64 ? 152 : 123;
    internal static readonly long SYS_getgroups = OnArm64 ? 158 : 115;
    internal const long SYS_faccessat2 = 439;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long Fstatat(long number, SafeHandle directory, byte* path, void* buffer, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long StatxRaw(long number, SafeHandle directory, byte* path, int flags, uint mask, void* buffer);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long Faccessat2(long number, SafeHandle directory, byte* path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    internal static partial int OpenAt(SafeHandle directory, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syscall")]
    internal static partial long SetFileId(long number, uint id);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long GetGroups(long number, nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    internal static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "uname", SetLastError = true)]
    internal static partial int Uname(byte* buffer);

    [LibraryImport("libc", EntryPoint = "chroot", SetLastError = true)]
    internal static partial int ChangeRoot(byte* path);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true)]
    internal static partial int Fsetxattr(SafeHandle file, byte* name, byte* value, nuint size, int flags);
}
