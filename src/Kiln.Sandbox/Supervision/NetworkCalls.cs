// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision;

/// <summary>Which calls of the network a step's filter refuses, and which are answered for one that is kept from cloud metadata: whatever could connect to another machine's TCP without them is not there.</summary>
internal static class NetworkCalls
{
    private const int FamilyUnix = 1, FamilyV4 = 2, FamilyV6 = 10, FamilyNetlink = 16, FamilyPacket = 17, FamilyAlgorithm = 38; // AF_UNIX and so on, socket(2)
    private const uint SocketTypeMask = 0xF, Stream = 1, Datagram = 2, Raw = 3;                                             // SOCK_STREAM and so on
    private const int Tcp = 6;                                                                                             // IPPROTO_TCP
    private const uint FastOpen = 0x20000000;                                                                              // MSG_FASTOPEN, send(2)
    private const uint SizeV4 = 16;                                                                                        // sizeof(struct sockaddr_in), the least that TCP takes

    /// <summary>TCP sockets, which <see cref="MetadataGuard"/> makes, and connections that may be meant for an address it shuts.</summary>
    public static ImmutableArray<FilterRule> Rules { get; } =
    [
        .. StreamSockets(FamilyV4),
        .. StreamSockets(FamilyV6),
        .. new[] { FamilyUnix, FamilyNetlink, FamilyPacket, FamilyAlgorithm }.Select(family => new FilterRule(SystemCall.socket, FilterVerdict.Allow, [ArgumentTest.Is(0, family)])),
        new(SystemCall.socket, FilterVerdict.Refuse(Errno.EAFNOSUPPORT)),
        new(SystemCall.connect, FilterVerdict.Notify, [ArgumentTest.IsAtLeast(2, SizeV4)]),
        // It connects too, past the trap.
        new(SystemCall.sendto, FilterVerdict.Refuse(Errno.EOPNOTSUPP), [ArgumentTest.HasBits(3, FastOpen, FastOpen)]),
        new(SystemCall.sendmsg, FilterVerdict.Refuse(Errno.EOPNOTSUPP), [ArgumentTest.HasBits(2, FastOpen, FastOpen)]),
        new(SystemCall.sendmmsg, FilterVerdict.Refuse(Errno.EOPNOTSUPP), [ArgumentTest.HasBits(3, FastOpen, FastOpen)]),
    ];

    /// <summary>No network at all: sockets lead to other processes by paths of the step's tree, and nowhere else. What a program then says is what it says without a route.</summary>
    public static ImmutableArray<FilterRule> OfNoNetwork { get; } =
    [
        .. new[] { SystemCall.socket, SystemCall.socketpair }.SelectMany(call => new FilterRule[]
        {
            new(call, FilterVerdict.Allow, [ArgumentTest.Is(0, FamilyUnix)]), new(call, FilterVerdict.Refuse(Errno.ENETUNREACH)),
        }),
    ];

    private static IEnumerable<FilterRule> StreamSockets(int family) =>
    [
        new(SystemCall.socket, FilterVerdict.Notify, [ArgumentTest.Is(0, family), ArgumentTest.HasBits(1, SocketTypeMask, Stream), ArgumentTest.Is(2, 0)]),
        new(SystemCall.socket, FilterVerdict.Notify, [ArgumentTest.Is(0, family), ArgumentTest.HasBits(1, SocketTypeMask, Stream), ArgumentTest.Is(2, Tcp)]),
        new(SystemCall.socket, FilterVerdict.Allow, [ArgumentTest.Is(0, family), ArgumentTest.HasBits(1, SocketTypeMask, Datagram)]),
        new(SystemCall.socket, FilterVerdict.Allow, [ArgumentTest.Is(0, family), ArgumentTest.HasBits(1, SocketTypeMask, Raw)]),
        new(SystemCall.socket, FilterVerdict.Refuse(Errno.EPROTONOSUPPORT), [ArgumentTest.Is(0, family)]),
    ];
}
