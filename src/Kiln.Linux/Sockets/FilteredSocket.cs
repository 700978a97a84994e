// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;
using Kiln.Linux.Seccomp;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Sockets;

/// <summary>A socket with a <see cref="PacketFilter"/> that nobody can take off again, whoever gets it (SO_LOCK_FILTER, socket(7)). Sockets that it accepts have the same.</summary>
public static unsafe class FilteredSocket
{
    /// <summary>socket(2) for another process, with its arguments. An error is a result here, for it is the other's.</summary>
    public static Errno Create(int family, int type, int protocol, PacketFilter filter, out SafeFileHandle? socket)
    {
        socket = null;
        int number = Libc.Socket(family, type | Libc.SOCK_CLOEXEC, protocol);
        if (number < 0)
            return LastError;
        var made = new SafeFileHandle(number, ownsHandle: true);
        int locked = 1;
        fixed (BpfInstruction* instructions = filter.Instructions.AsSpan())
        {
            var program = new Libc.FilterProgram { Length = checked((ushort)filter.Instructions.Length), Instructions = instructions };
            if (Libc.SetSocketOption(made, Libc.SOL_SOCKET, Libc.SO_ATTACH_FILTER, &program, sizeof(Libc.FilterProgram)) == 0
                && Libc.SetSocketOption(made, Libc.SOL_SOCKET, Libc.SO_LOCK_FILTER, &locked, sizeof(int)) == 0)
            {
                socket = made;
                return Errno.None;
            }
        }
        Errno error = LastError;
        made.Dispose();
        return error;
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();
}
