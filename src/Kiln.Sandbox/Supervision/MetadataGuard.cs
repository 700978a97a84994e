// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Keeps a step from the machine's cloud metadata. Where a packet filter can be had, the supervisor makes the step's TCP sockets, with one that lets no answer of such an address through; elsewhere it connects
/// for the step where it can (<see cref="StepConnections"/>). Where it can do neither its judgement is made on memory that the step may change meanwhile.
/// </summary>
/// <param name="connections">By which the supervisor connects for the step, where sockets cannot be filtered and this can be had; null elsewhere.</param>
internal sealed class MetadataGuard(StepConnections? connections)
{
    private const int CloseOnExecute = 0x80000; // SOCK_CLOEXEC
    private const int FamilyV4 = 2, FamilyV6 = 10; // AF_INET, AF_INET6
    private const int ShortestV4 = 16, ShortestV6 = 24, LongestAddress = 28;

    private static readonly PacketFilter NoMetadata = PacketFilter.Refusing(MetadataAddresses.All, MetadataAddresses.OpenPort);

    /// <summary>What was asked for first of all that was refused; null where nothing was.</summary>
    public string? Refused { get; private set; }

    /// <summary>Whether this process may put a packet filter on a TCP socket.</summary>
    public static bool CanFilter()
    {
        const int stream = 1; // SOCK_STREAM
        Errno error = FilteredSocket.Create(FamilyV4, stream, 0, NoMetadata, out SafeFileHandle? socket);
        socket?.Dispose();
        return error == Errno.None;
    }

    public void Answer(Caller caller)
    {
        if (caller.Call.Call == SystemCall.socket)
            MakeSocket(caller);
        else
            Connect(caller);
    }

    private void Connect(Caller caller)
    {
        Span<byte> buffer = stackalloc byte[LongestAddress];
        int length = Math.Min(caller.Call.Number(2), LongestAddress);
        if (length < ShortestV4 || !caller.TryRead(caller.Call.Pointer(1), buffer[..length]))
        {
            caller.Continue(); // which fails
            return;
        }
        ReadOnlySpan<byte> address = buffer[..length];
        if (FindRefusal(address) is { } refusal)
            caller.Fail(refusal);
        else if (FindTarget(address) is not null && connections is not null)
            connections.Connect(caller, address);
        else
            caller.Continue();
    }

    /// <summary>What connecting to an address fails with, where it is one that is shut.</summary>
    public Errno? FindRefusal(ReadOnlySpan<byte> address)
    {
        if (address.Length < ShortestV4 || FindTarget(address) is not { } target)
            return null;
        int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (port == MetadataAddresses.OpenPort || !MetadataAddresses.Contains(target))
            return null;
        Refused ??= new IPEndPoint(target.IsIPv4MappedToIPv6 ? target.MapToIPv4() : target, port).ToString();
        return Errno.EACCES; // "because of a local firewall rule", connect(2)
    }

    /// <summary>Where no socket can be given the caller makes its own. Since 2026 the kernel takes such a filter from holders of CAP_NET_ADMIN alone, and before Linux 5.14 it takes no socket for a caller.</summary>
    private void MakeSocket(Caller caller)
    {
        if (connections is not null)
            caller.Continue();
        else if (!TryMakeSocket(caller, out Errno error) && error is Errno.EPERM or Errno.EINVAL)
            caller.Continue();
        else if (error != Errno.None)
            caller.Fail(error);
    }

    private static bool TryMakeSocket(Caller caller, out Errno error)
    {
        TrappedCall call = caller.Call;
        SafeFileHandle? socket = null;
        error = caller.AsUser(() => FilteredSocket.Create(call.Number(0), call.Number(1), call.Number(2), NoMetadata, out socket));
        using (socket)
        {
            if (socket is null || caller.Listener.TryReturnDescriptor(call, socket, (call.Number(1) & CloseOnExecute) != 0, number: null, out Errno? refusal))
                return socket is not null;
            error = refusal.Value;
            return false;
        }
    }

    private static IPAddress? FindTarget(ReadOnlySpan<byte> address) => BitConverter.ToUInt16(address) switch
    {
        FamilyV4 => new IPAddress(address.Slice(4, 4)),
        FamilyV6 when address.Length >= ShortestV6 => new IPAddress(address.Slice(8, 16)),
        _ => null,
    };
}
