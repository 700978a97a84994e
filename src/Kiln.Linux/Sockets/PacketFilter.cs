// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Kiln.Linux.Seccomp;

namespace Kiln.Linux.Sockets;

/// <summary>
/// A BPF program that decides, by who sent it, whether a packet reaches a socket (SO_ATTACH_FILTER, socket(7)). Where the handshake's answer does not, there is never a connection.
/// </summary>
public sealed class PacketFilter
{
    private const uint NetworkHeader = 0xFFF00000; // SKF_NET_OFF, linux/filter.h: offsets count from the IP header; without it from the TCP header
    private const uint SourcePort = 0;
    private const uint SourceV4 = NetworkHeader + 12;
    private const uint SourceV6 = NetworkHeader + 8;
    private const uint VersionMask = 0xF0;
    private const uint Version4 = 0x40;
    private const uint Drop = 0;
    private const uint Keep = uint.MaxValue;

    private PacketFilter(ImmutableArray<BpfInstruction> instructions) => Instructions = instructions;

    internal ImmutableArray<BpfInstruction> Instructions { get; }

    /// <summary>Drops what comes from any of the addresses, unless it comes from a certain port.</summary>
    public static PacketFilter Refusing(IEnumerable<IPAddress> senders, int exceptPort)
    {
        ILookup<AddressFamily, byte[]> addresses = senders.ToLookup(address => address.AddressFamily, address => address.GetAddressBytes());
        BpfInstruction[] version4 = [.. addresses[AddressFamily.InterNetwork].SelectMany(address => Compare(address, SourceV4)), Return(Keep)];
        BpfInstruction[] version6 = [.. addresses[AddressFamily.InterNetworkV6].SelectMany(address => Compare(address, SourceV6)), Return(Keep)];
        return new PacketFilter(
        [
            new(BpfInstruction.LoadHalf, 0, 0, SourcePort),
            new(BpfInstruction.JumpEqual, 0, 1, (uint)exceptPort),
            Return(Keep),
            new(BpfInstruction.LoadByte, 0, 0, NetworkHeader),
            new(BpfInstruction.And, 0, 0, VersionMask),
            new(BpfInstruction.JumpEqual, 0, checked((byte)version4.Length), Version4),
            .. version4,
            .. version6,
        ]);
    }

    /// <summary>Word by word; the first that differs jumps behind the comparison.</summary>
    private static IEnumerable<BpfInstruction> Compare(byte[] address, uint offset)
    {
        int words = address.Length / sizeof(uint);
        for (int i = 0; i < words; i++)
        {
            int left = (2 * (words - 1 - i)) + 1;
            yield return new(BpfInstruction.LoadWord, 0, 0, offset + (uint)(i * sizeof(uint)));
            yield return new(BpfInstruction.JumpEqual, 0, (byte)left, BinaryPrimitives.ReadUInt32BigEndian(address.AsSpan(i * sizeof(uint))));
        }
        yield return Return(Drop);
    }

    private static BpfInstruction Return(uint kept) => new(BpfInstruction.Return, 0, 0, kept);
}
