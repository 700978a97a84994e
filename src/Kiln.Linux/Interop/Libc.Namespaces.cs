// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const int CLONE_PIDFD = 0x1000;
    internal const int CLONE_NEWNS = 0x20000;
    internal const int CLONE_NEWUTS = 0x4000000;
    internal const int CLONE_NEWIPC = 0x8000000;
    internal const int CLONE_NEWUSER = 0x10000000;
    internal const int CLONE_NEWPID = 0x20000000;
    internal const int CLONE_NEWNET = 0x40000000;
    internal const int AF_INET = 2;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const nuint SIOCGIFFLAGS = 0x8913;
    internal const nuint SIOCSIFFLAGS = 0x8914;
    internal const short IFF_UP = 1;

    [LibraryImport("libc", EntryPoint = "sethostname", SetLastError = true)]
    internal static partial int SetHostName(byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    internal static partial int Socket(int domain, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(SafeHandle file, nuint request, InterfaceRequest* argument);

    /// <summary>ifreq, netdevice(7), where it holds flags.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 40)]
    internal struct InterfaceRequest
    {
        [FieldOffset(0)]
        internal fixed byte Name[16];
        [FieldOffset(16)]
        internal short Flags;
    }
}
