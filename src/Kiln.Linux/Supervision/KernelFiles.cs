// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Supervision;

/// <summary>Files that the kernel opens by no path of a tree, opened for another process. Errors are results, for they are its own.</summary>
public static unsafe class KernelFiles
{
    /// <summary>The size of a queue's attributes, struct mq_attr of 64-bit machines.</summary>
    public const int QueueAttributesSize = 64;

    /// <summary>mq_open(2), as the system call has it: a name without a slash, with a NUL, and no attributes where there are none to set.</summary>
    public static Errno OpenQueue(ReadOnlySpan<byte> name, OpenFlags flags, int mode, ReadOnlySpan<byte> attributes, out Place queue)
    {
        fixed (byte* text = name, values = attributes)
            return Opened(Libc.MqOpen(Libc.SYS_mq_open, text, flags.Value | Libc.O_CLOEXEC, (uint)mode, attributes.IsEmpty ? null : values), out queue);
    }

    /// <summary>The other end of a pseudo-terminal, by its master: TIOCGPTPEER, ioctl_tty(2).</summary>
    public static Errno OpenTerminal(SafeHandle master, OpenFlags flags, out Place terminal) =>
        Opened(Libc.IoctlValue(master, Libc.TIOCGPTPEER, (nuint)(flags.Value | Libc.O_CLOEXEC)), out terminal);

    private static Errno Opened(long number, out Place file)
    {
        file = number >= 0 ? Place.OfNumber((int)number) : default;
        return number >= 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }
}
