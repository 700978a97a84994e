// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Kiln.Sandbox.Ssh;

/// <summary>The framing and the numbers of the agent's protocol (draft-ietf-sshm-ssh-agent, sections 3 and 6.1).</summary>
internal static class SshAgentMessage
{
    public const byte Failure = 5;
    public const byte RequestIdentities = 11;
    public const byte IdentitiesAnswer = 12;
    public const byte SignRequest = 13;
    public const byte SignResponse = 14;

    /// <summary>OpenSSH's limit.</summary>
    private const int Longest = 256 * 1024;

    /// <summary>The next message, without its length; null at the end, and where the other side does not keep to the protocol.</summary>
    public static async Task<byte[]?> ReceiveAsync(NetworkStream connection, CancellationToken cancellationToken)
    {
        byte[] header = new byte[sizeof(uint)];
        if (await connection.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length)
            return null;
        uint length = BinaryPrimitives.ReadUInt32BigEndian(header);
        if (length is 0 or > Longest)
            return null;
        byte[] message = new byte[length];
        return await connection.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellationToken) == message.Length ? message : null;
    }

    public static async Task SendAsync(NetworkStream connection, byte[] message, CancellationToken cancellationToken) =>
        await connection.WriteAsync(new SshWriter().String(message).ToArray(), cancellationToken);
}
