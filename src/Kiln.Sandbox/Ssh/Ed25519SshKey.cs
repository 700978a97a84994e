// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Cryptography;

namespace Kiln.Sandbox.Ssh;

/// <summary>Ed25519, RFC 8709.</summary>
internal sealed class Ed25519SshKey(Ed25519Key key) : SshKey
{
    public override byte[] PublicKey => new SshWriter().String("ssh-ed25519"u8).String(key.GetPublicKey()).ToArray();

    public override byte[] Sign(ReadOnlySpan<byte> data, uint flags) => new SshWriter().String("ssh-ed25519"u8).String(key.Sign(data)).ToArray();

    public override void Dispose() => key.Dispose();
}
