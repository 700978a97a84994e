// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;

namespace Kiln.Sandbox.Ssh;

/// <summary>ECDSA over the three curves of NIST, RFC 5656.</summary>
internal sealed class EcdsaSshKey(ECDsa key) : SshKey
{
    private const byte Uncompressed = 4; // SEC 1, section 2.3.3

    private string CurveName => $"nistp{key.KeySize}";

    private byte[] Name => Encoding.ASCII.GetBytes($"ecdsa-sha2-{CurveName}");

    public override byte[] PublicKey
    {
        get
        {
            ECPoint point = key.ExportParameters(includePrivateParameters: false).Q;
            return new SshWriter().String(Name).String(Encoding.ASCII.GetBytes(CurveName)).String([Uncompressed, .. point.X!, .. point.Y!]).ToArray();
        }
    }

    public override byte[] Sign(ReadOnlySpan<byte> data, uint flags)
    {
        HashAlgorithmName hash = key.KeySize switch { 256 => HashAlgorithmName.SHA256, 384 => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        byte[] halves = key.SignData(data, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        int half = halves.Length / 2;
        return new SshWriter().String(Name).String(new SshWriter().Integer(halves.AsSpan(..half)).Integer(halves.AsSpan(half..)).ToArray()).ToArray();
    }

    public override void Dispose() => key.Dispose();
}
