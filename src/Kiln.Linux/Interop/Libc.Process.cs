// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int PROT_EXEC = 4;
    internal const int MAP_PRIVATE = 0x02;
    internal const int MAP_ANONYMOUS = 0x20;
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const uint MFD_CLOEXEC = 1;
    internal const uint MFD_ALLOW_SEALING = 2;
    internal const int F_ADD_SEALS = 1033;
    internal const int POLLIN = 1;
    internal const int POLLOUT = 4;
    internal const int P_ALL = 0;
    internal const int P_PID = 1;
    internal const int P_PIDFD = 3;
    internal const int WALL = 0x40000000; // __WALL
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;
    internal const int CLD_EXITED = 1;
    internal const uint CLOSE_RANGE_CLOEXEC = 4;
    internal const int PR_SET_PDEATHSIG = 1;
    internal const int RLIMIT_CORE = 4;
    internal const int RLIMIT_NOFILE = 7;
    internal const int RLIMIT_LOCKS = 10;
    internal const int CLONE_FS = 0x200;
    internal const long SYS_pidfd_send_signal = 424;
    internal const long SYS_close_range = 436;

    private static bool OnArm64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    internal static readonly long SYS_read = OnArm64 ? 63 : 0;
    internal static readonly long SYS_close = OnArm64 ? 57 : 3;
    internal static readonly long SYS_dup3 = OnArm64 ? 24 : 292;
    internal static readonly long SYS_clone = OnArm64 ? 220 : 56;
    internal static readonly long SYS_execve = OnArm64 ? 221 : 59;
    internal static readonly long SYS_ppoll = OnArm64 ? 73 : 271;
    internal static readonly long SYS_prctl = OnArm64 ? 167 : 157;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    internal static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    internal static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    internal static partial int Pipe2(int* fds, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Fcntl(SafeHandle file, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    internal static partial int Dup2(SafeHandle file, int number);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    internal static partial int MemfdCreate(byte* name, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenPath(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    internal static partial nint Read(SafeHandle file, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    internal static partial nint Write(SafeHandle file, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollFd* files, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int kind, SafeHandle process, SignalInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitForId(int kind, int process, SignalInfo* info, int options);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    internal static partial int Execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    internal static partial int SetSid();

    [LibraryImport("libc", EntryPoint = "unshare", SetLastError = true)]
    internal static partial int Unshare(int what);

    [LibraryImport("libc", EntryPoint = "umask")]
    internal static partial uint Umask(uint mask);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    internal static partial int GetRlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "prlimit", SetLastError = true)]
    internal static partial int Prlimit(int process, int resource, ResourceLimit* now, ResourceLimit* before);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    internal static partial int SetRlimit(int resource, ResourceLimit* limit);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long CloseRange(long number, uint first, uint last, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long PidfdSendSignal(long number, SafeHandle process, int signal, void* info, uint flags);

    /// <summary>pollfd, poll(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        internal int Fd;
        internal short Events;
        internal short Returned;
    }

    /// <summary>siginfo_t as waitid(2) fills it in on 64-bit machines.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    internal struct SignalInfo
    {
        [FieldOffset(8)]
        internal int Code;
        [FieldOffset(16)]
        internal int ProcessId;
        [FieldOffset(24)]
        internal int Status;
    }

    /// <summary>rlimit, getrlimit(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ResourceLimit
    {
        internal ulong Soft;
        internal ulong Hard;
    }
}
