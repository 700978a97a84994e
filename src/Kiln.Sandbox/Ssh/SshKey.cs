// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Ssh;

/// <summary>A private key that signs for a step and is never given to it.</summary>
internal abstract class SshKey : IDisposable
{
    /// <summary>The public half as SSH writes it (RFC 4253 section 6.6, RFC 5656, RFC 8709).</summary>
    public abstract byte[] PublicKey { get; }

    /// <summary>The signature as SSH writes it; null where the flags ask for an algorithm that is not used any more.</summary>
    public abstract byte[]? Sign(ReadOnlySpan<byte> data, uint flags);

    public abstract void Dispose();
}
