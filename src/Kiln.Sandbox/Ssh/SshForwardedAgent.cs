// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;

namespace Kiln.Sandbox.Ssh;

/// <summary>Somebody else's agent, asked anew for every message: no state of one connection reaches another.</summary>
internal sealed class SshForwardedAgent(string path) : SshAgent
{
    internal override async Task<byte[]> AnswerAsync(byte[] request, CancellationToken cancellationToken)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            using var connection = new NetworkStream(socket);
            await SshAgentMessage.SendAsync(connection, request, cancellationToken);
            return await SshAgentMessage.ReceiveAsync(connection, cancellationToken) ?? [SshAgentMessage.Failure];
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return [SshAgentMessage.Failure]; // the agent has gone
        }
    }

    public override void Dispose()
    {
        // Nothing is held between two messages.
    }
}
