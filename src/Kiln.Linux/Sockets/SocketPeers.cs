// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Linux.Sockets;

/// <summary>Which socket a local one is connected with, by inodes, sock_diag(7).</summary>
public static unsafe class SocketPeers
{
    private const int SocketDiagnosis = 4;          // NETLINK_SOCK_DIAG
    private const ushort ByFamily = 20;             // SOCK_DIAG_BY_FAMILY
    private const ushort Request = 1;               // NLM_F_REQUEST
    private const uint ShowPeer = 4;                // UDIAG_SHOW_PEER
    private const ushort Peer = 2;                  // UNIX_DIAG_PEER
    private const int HeaderSize = 16, RequestSize = 24, AnswerSize = 16; // nlmsghdr, unix_diag_req, unix_diag_msg

    /// <summary>Null where it has no other end, or the kernel does not tell.</summary>
    public static ulong? Find(SafeFileHandle socket)
    {
        ulong inode = Supervision.Place.Of(socket).GetStatus(out Supervision.FullStatus status) == Errno.None ? status.Inode : 0;
        int number = Libc.Socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, SocketDiagnosis);
        if (number < 0 || inode == 0)
            return null;
        using var netlink = new SafeFileHandle(number, ownsHandle: true);
        byte* message = stackalloc byte[HeaderSize + RequestSize];
        var request = new Span<byte>(message, HeaderSize + RequestSize);
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], ByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], Request);
        Span<byte> asked = request[HeaderSize..];
        asked[0] = Libc.AF_UNIX;
        BinaryPrimitives.WriteUInt32LittleEndian(asked[4..], uint.MaxValue); // states
        BinaryPrimitives.WriteUInt32LittleEndian(asked[8..], (uint)inode);
        BinaryPrimitives.WriteUInt32LittleEndian(asked[12..], ShowPeer);
        BinaryPrimitives.WriteUInt64LittleEndian(asked[16..], ulong.MaxValue); // no cookie
        byte* buffer = stackalloc byte[4096];
        if (Libc.Write(netlink, message, (nuint)request.Length) != request.Length)
            return null;
        nint count = Libc.Read(netlink, buffer, 4096);
        return count > HeaderSize + AnswerSize ? Parse(new ReadOnlySpan<byte>(buffer, (int)count)) : null;
    }

    private static ulong? Parse(ReadOnlySpan<byte> answer)
    {
        if (BinaryPrimitives.ReadUInt16LittleEndian(answer[4..]) != ByFamily)
            return null;
        for (ReadOnlySpan<byte> rest = answer[(HeaderSize + AnswerSize)..]; rest.Length >= 8;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) == Peer)
                return BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            int next = (length + 3) & ~3;
            if (next < 4 || next > rest.Length)
                break;
            rest = rest[next..];
        }
        return null;
    }
}
