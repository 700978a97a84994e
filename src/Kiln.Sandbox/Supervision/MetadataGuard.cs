// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using Kiln.Linux;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Keeps a step from the machine's cloud metadata. What guards is the socket: the supervisor makes those for TCP, with a filter that lets no answer of such an address through. That a connection
/// is refused at once, and the user told of it, is courtesy: that judgement is made on memory which the step may change meanwhile. Where the kernel permits no such filter it is all there is.
/// </summary>
internal sealed class MetadataGuard
{
    private const int CloseOnExecute = 0x80000; // SOCK_CLOEXEC
    private const int FamilyV4 = 2, FamilyV6 = 10; // AF_INET, AF_INET6
    private const int ShortestV6 = 24, LongestAddress = 28;

    private static readonly PacketFilter NoMetadata = PacketFilter.Refusing(MetadataAddresses.All, MetadataAddresses.OpenPort);

    /// <summary>What was asked for first of all that was refused; null where nothing was.</summary>
    public string? Refused { get; private set; }

    public void Answer(Caller caller)
    {
        if (caller.Call.Call == SystemCall.socket)
            MakeSocket(caller);
        else if (FindMetadata(caller) is { } address)
        {
            Refused ??= address;
            caller.Fail(Errno.EACCES); // "because of a local firewall rule", connect(2)
        }
        else
            caller.Continue();
    }

    /// <summary>Where no socket can be given the caller makes its own. Since 2026 the kernel takes such a filter from holders of CAP_NET_ADMIN alone, and before Linux 5.14 it takes no socket for a caller.</summary>
    private static void MakeSocket(Caller caller)
    {
        if (!TryMakeSocket(caller, out Errno error) && error is Errno.EPERM or Errno.EINVAL)
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

    private static string? FindMetadata(Caller caller)
    {
        Span<byte> address = stackalloc byte[LongestAddress];
        int length = Math.Min(caller.Call.Number(2), LongestAddress);
        if (length < 0 || !caller.TryRead(caller.Call.Pointer(1), address[..length]))
            return null;
        int port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        IPAddress? target = BitConverter.ToUInt16(address) switch
        {
            FamilyV4 => new IPAddress(address.Slice(4, 4)),
            FamilyV6 when length >= ShortestV6 => new IPAddress(address.Slice(8, 16)),
            _ => null,
        };
        if (target is null || port == MetadataAddresses.OpenPort || !MetadataAddresses.Contains(target))
            return null;
        return new IPEndPoint(target.IsIPv4MappedToIPv6 ? target.MapToIPv4() : target, port).ToString();
    }
}
