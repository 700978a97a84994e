// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Linux.Interop;
using Kiln.Linux.Supervision;

namespace Kiln.Linux.Sockets;

/// <summary>Sockets of paths, unix(7), and addresses by which this process reaches those that it has open as places.</summary>
public static unsafe class PathSocket
{
    private const int Family = 2;          // sizeof(sa_family_t)
    private const int LongestPath = 108;   // sun_path

    /// <summary>The address of a socket that is open as a place.</summary>
    public static byte[] AddressOf(Place socket) => Address($"/proc/self/fd/{socket.Number}");

    /// <summary>The address of a name, which ends with a NUL, in a directory; null where it is too long for one.</summary>
    public static byte[]? FindAddressIn(Place directory, ReadOnlySpan<byte> name)
    {
        byte[] start = Address($"/proc/self/fd/{directory.Number}/");
        byte[] address = [.. start.AsSpan(..^1), .. name];
        return address.Length <= Family + LongestPath ? address : null;
    }

    /// <summary>A socket of a kind that only speaks to whom it is connected with: messages keep their bounds, in both directions.</summary>
    /// <param name="flags">SOCK_CLOEXEC and SOCK_NONBLOCK.</param>
    /// <param name="socket">It, where there is no error.</param>
    public static Errno CreateConnected(int flags, out Place socket)
    {
        int number = Libc.Socket(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC | flags, 0);
        socket = number >= 0 ? Place.OfNumber(number) : default;
        return number >= 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }

    /// <summary>Two of them, connected with each other.</summary>
    public static Errno CreateConnectedPair(int flags, out Place first, out Place second)
    {
        int* numbers = stackalloc int[2];
        bool made = Libc.SocketPair(Libc.AF_UNIX, Libc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC | flags, 0, numbers) == 0;
        (first, second) = made ? (Place.OfNumber(numbers[0]), Place.OfNumber(numbers[1])) : default;
        return made ? Errno.None : (Errno)Marshal.GetLastPInvokeError();
    }

    /// <summary>Whether a socket of that type is closed when its owner executes a program.</summary>
    public static bool IsCloseOnExecute(int type) => (type & Libc.SOCK_CLOEXEC) != 0;

    private static byte[] Address(string path) => [Libc.AF_UNIX, 0, .. Encoding.ASCII.GetBytes(path), 0];
}
