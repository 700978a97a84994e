// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int SIGKILL = 9;
    internal const int SIGCHLD = 17;
    internal const int SIG_SETMASK = 2;
    internal const nint SIG_DFL = 0;
    internal const nint SIG_IGN = 1;

    /// <summary>sizeof(sigset_t) in glibc.</summary>
    internal const int SignalSetSize = 128;

    /// <summary>sigaction(2); both pointers are to a <see cref="SignalAction"/>.</summary>
    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int SigAction(int signal, SignalAction* action, SignalAction* previous);

    /// <summary>pthread_sigmask(3) returns the error instead of setting errno.</summary>
    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    internal static partial int SetSignalMask(int how, byte* set, byte* previous);

    /// <summary>struct sigaction of glibc: only its first field matters here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 152)]
    internal struct SignalAction
    {
        internal nint Handler;
    }
}
