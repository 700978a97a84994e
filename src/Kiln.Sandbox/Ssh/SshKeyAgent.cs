// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Sandbox.Ssh;

/// <summary>An agent of our own. The keys stay in the builder's memory.</summary>
internal sealed class SshKeyAgent(IReadOnlyList<(string Comment, SshKey Key)> keys) : SshAgent
{
    internal override Task<byte[]> AnswerAsync(byte[] request, CancellationToken cancellationToken) =>
        Task.FromResult(request[0] == SshAgentMessage.RequestIdentities ? List() : Sign(request.AsSpan(1)));

    public override void Dispose()
    {
        foreach ((_, SshKey key) in keys)
            key.Dispose();
    }

    private byte[] List()
    {
        SshWriter answer = new SshWriter().Byte(SshAgentMessage.IdentitiesAnswer).Number((uint)keys.Count);
        foreach ((string comment, SshKey key) in keys)
            answer.String(key.PublicKey).String(Encoding.UTF8.GetBytes(comment));
        return answer.ToArray();
    }

    private byte[] Sign(ReadOnlySpan<byte> request)
    {
        try
        {
            var reader = new SshReader(request);
            ReadOnlySpan<byte> wanted = reader.ReadString(), data = reader.ReadString();
            uint flags = reader.ReadNumber();
            foreach ((_, SshKey key) in keys)
                if (wanted.SequenceEqual(key.PublicKey) && key.Sign(data, flags) is { } signature)
                    return new SshWriter().Byte(SshAgentMessage.SignResponse).String(signature).ToArray();
        }
        catch (InvalidDataException)
        {
            // A message that ends too early is answered as one that cannot be granted.
        }
        return [SshAgentMessage.Failure];
    }
}
