// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const nuint TIOCGPTPEER = 0x5441;
    internal const long SYS_mq_open = 240; // x86-64, as all of the supervised rung

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long MqOpen(long number, byte* name, int flags, uint mode, byte* attributes);

    internal const nuint TIOCGWINSZ = 0x5413;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int Ioctl(int file, nuint request, WindowSize* argument);

    /// <summary>winsize, ioctl_tty(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct WindowSize
    {
        internal ushort Rows;
        internal ushort Columns;
        internal ushort HorizontalPixels;
        internal ushort VerticalPixels;
    }
}
