// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int PR_SET_NO_NEW_PRIVS = 38;
    internal const int PR_SET_DUMPABLE = 4;
    internal const int PR_SET_CHILD_SUBREAPER = 36;
    internal const int SECCOMP_SET_MODE_FILTER = 1;
    internal const int SECCOMP_FILTER_FLAG_TSYNC = 1;
    internal const int SECCOMP_FILTER_FLAG_SPEC_ALLOW = 1 << 2;
    internal const int SECCOMP_FILTER_FLAG_NEW_LISTENER = 1 << 3;
    internal const int SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 1 << 5;
    internal const int SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
    internal const int SECCOMP_ADDFD_FLAG_SETFD = 1;
    internal const int SECCOMP_ADDFD_FLAG_SEND = 2;
    internal const nuint SECCOMP_IOCTL_NOTIF_RECV = 0xC0502100;
    internal const nuint SECCOMP_IOCTL_NOTIF_SEND = 0xC0182101;
    internal const nuint SECCOMP_IOCTL_NOTIF_ID_VALID = 0x40082102;
    internal const nuint SECCOMP_IOCTL_NOTIF_ADDFD = 0x40182103;
    internal static readonly long SYS_seccomp = OnArm64 ? 277 : 317;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long Seccomp(long number, uint operation, uint flags, FilterProgram* program);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(SafeHandle file, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int IoctlValue(SafeHandle file, nuint request, nuint argument);

    /// <summary>sock_fprog, linux/filter.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FilterProgram
    {
        internal ushort Length;
        internal Kiln.Linux.Seccomp.BpfInstruction* Instructions;
    }

    /// <summary>seccomp_notif with its seccomp_data, seccomp_unotify(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SeccompNotification
    {
        internal ulong Id;
        internal uint ThreadId;
        internal uint Flags;
        internal int Number;
        internal uint Architecture;
        internal ulong InstructionPointer;
        internal fixed ulong Arguments[6];
    }

    /// <summary>seccomp_notif_resp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SeccompResponse
    {
        internal ulong Id;
        internal long Value;
        internal int Error;
        internal uint Flags;
    }

    /// <summary>seccomp_notif_addfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SeccompDescriptor
    {
        internal ulong Id;
        internal uint Flags;
        internal uint Source;
        internal uint Target;
        internal uint TargetFlags;
    }
}
