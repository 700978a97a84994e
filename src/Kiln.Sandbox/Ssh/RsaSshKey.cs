// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace Kiln.Sandbox.Ssh;

/// <summary>RSA with SHA-2, RFC 8332. Signatures over SHA-1, which a request without flags asks for, are refused: servers do not take them any more.</summary>
internal sealed class RsaSshKey(RSA key) : SshKey
{
    private const uint Sha256Flag = 2; // SSH_AGENT_RSA_SHA2_256
    private const uint Sha512Flag = 4; // SSH_AGENT_RSA_SHA2_512

    public override byte[] PublicKey
    {
        get
        {
            RSAParameters numbers = key.ExportParameters(includePrivateParameters: false);
            return new SshWriter().String("ssh-rsa"u8).Integer(numbers.Exponent).Integer(numbers.Modulus).ToArray();
        }
    }

    public override byte[]? Sign(ReadOnlySpan<byte> data, uint flags)
    {
        if ((flags & Sha512Flag) != 0)
            return Sign("rsa-sha2-512"u8, data, HashAlgorithmName.SHA512);
        return (flags & Sha256Flag) != 0 ? Sign("rsa-sha2-256"u8, data, HashAlgorithmName.SHA256) : null;
    }

    public override void Dispose() => key.Dispose();

    private byte[] Sign(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, HashAlgorithmName hash) =>
        new SshWriter().String(name).String(key.SignData(data, hash, RSASignaturePadding.Pkcs1)).ToArray();
}
