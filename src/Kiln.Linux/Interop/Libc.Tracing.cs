// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int PTRACE_POKETEXT = 4;
    internal const int PTRACE_CONT = 7;
    internal const int PTRACE_DETACH = 17;
    internal const int PTRACE_SYSCALL = 24;
    internal const int PTRACE_GETREGSET = 0x4204;
    internal const int PTRACE_SETREGSET = 0x4205;
    internal const int PTRACE_SEIZE = 0x4206;
    internal const int PTRACE_INTERRUPT = 0x4207;
    internal const int PTRACE_GETSIGMASK = 0x420A;
    internal const int PTRACE_SETSIGMASK = 0x420B;
    internal const int PTRACE_O_TRACESYSGOOD = 1;
    internal const int PTRACE_O_TRACEEXEC = 0x10;
    internal const int PTRACE_O_EXITKILL = 0x100000;
    internal const int PTRACE_EVENT_EXEC = 4;
    internal const int PTRACE_EVENT_STOP = 128;
    internal const int NT_PRSTATUS = 1;
    internal const int WNOTHREAD = 0x20000000; // __WNOTHREAD
    internal const int SIGTRAP = 5;
    internal const int PR_SET_NAME = 15;
    internal const int PR_SET_MM = 35;
    internal const int PR_SET_MM_MAP = 14;
    internal const int PROT_NONE = 0;
    internal const int MAP_SHARED = 0x01;
    internal const int MAP_FIXED = 0x10;
    internal const int MAP_FIXED_NOREPLACE = 0x100000;
    internal const int PROT_GROWSDOWN = 0x01000000;

    [LibraryImport("libc", EntryPoint = "ptrace", SetLastError = true)]
    internal static partial nint Ptrace(nint request, nint thread, nint address, nint data);

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    internal static partial int Wait4(int process, int* status, int options, void* usage);

    [LibraryImport("libc", EntryPoint = "tgkill", SetLastError = true)]
    internal static partial int ThreadKill(int process, int thread, int signal);

    /// <summary>user_regs_struct of x86-64, sys/user.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UserRegisters
    {
        internal ulong R15;
        internal ulong R14;
        internal ulong R13;
        internal ulong R12;
        internal ulong Rbp;
        internal ulong Rbx;
        internal ulong R11;
        internal ulong R10;
        internal ulong R9;
        internal ulong R8;
        internal ulong Rax;
        internal ulong Rcx;
        internal ulong Rdx;
        internal ulong Rsi;
        internal ulong Rdi;
        internal ulong OriginalRax;
        internal ulong Rip;
        internal ulong Cs;
        internal ulong Flags;
        internal ulong Rsp;
        internal ulong Ss;
        internal ulong FsAddress;
        internal ulong GsAddress;
        internal ulong Ds;
        internal ulong Es;
        internal ulong Fs;
        internal ulong Gs;
    }

    /// <summary>prctl_mm_map, linux/prctl.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MemoryMap
    {
        internal ulong StartCode;
        internal ulong EndCode;
        internal ulong StartData;
        internal ulong EndData;
        internal ulong StartHeap;
        internal ulong EndHeap;
        internal ulong StartStack;
        internal ulong StartArguments;
        internal ulong EndArguments;
        internal ulong StartEnvironment;
        internal ulong EndEnvironment;
        internal ulong AuxiliaryVector;
        internal uint AuxiliarySize;
        internal uint Executable;
    }
}
