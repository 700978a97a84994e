// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Sockets;

/// <summary>A message of one descriptor (SCM_RIGHTS, unix(7)) as it has to lie in the memory of another process for that to send it.</summary>
public static unsafe class ForeignMessage
{
    /// <summary>From the message's header on: its control part, the vector of its one byte, the byte.</summary>
    private const int ControlOffset = 64, VectorOffset = 96, PayloadOffset = 112;

    public const int Length = 120;

    /// <summary>The bytes for an address, to send what that process has under a number.</summary>
    public static byte[] Encode(ulong address, int number)
    {
        byte[] bytes = EncodeToReceive(address);
        MemoryMarshal.Write(bytes.AsSpan(ControlOffset), new Libc.DescriptorMessage
        {
            Length = (nuint)(sizeof(Libc.DescriptorMessage) - sizeof(int)), // CMSG_LEN(sizeof(int)): the padding does not count
            Level = Libc.SOL_SOCKET,
            Type = Libc.SCM_RIGHTS,
            Descriptor = number,
        });
        return bytes;
    }

    /// <summary>What that process has received at an address; null where it is no descriptor.</summary>
    public static int? FindReceived(ReadOnlySpan<byte> bytes) =>
        MemoryMarshal.Read<Libc.DescriptorMessage>(bytes[ControlOffset..]) is { Level: Libc.SOL_SOCKET, Type: Libc.SCM_RIGHTS } message ? message.Descriptor : null;

    /// <summary>The bytes for an address, to receive a descriptor.</summary>
    public static byte[] EncodeToReceive(ulong address)
    {
        byte[] bytes = new byte[Length];
        MemoryMarshal.Write(bytes, new Libc.MessageHeader
        {
            Vectors = (Libc.IoVector*)(address + VectorOffset),
            VectorCount = 1,
            Control = (void*)(address + ControlOffset),
            ControlLength = (nuint)sizeof(Libc.DescriptorMessage),
        });
        MemoryMarshal.Write(bytes.AsSpan(VectorOffset), new Libc.IoVector { Base = (void*)(address + PayloadOffset), Length = 1 });
        return bytes;
    }
}
