// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Kiln.Linux.Cryptography;

namespace Kiln.Sandbox.Ssh;

/// <summary>The content of `OPENSSH PRIVATE KEY`: magic, cipher, key derivation, one public key, and the private part, which here has to be in clear.</summary>
internal static class OpenSshKey
{
    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    public static SshKey Parse(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith(Magic))
            throw new InvalidDataException("it does not begin as OpenSSH's keys do");
        var reader = new SshReader(content[Magic.Length..]);
        if (!reader.ReadString().SequenceEqual("none"u8))
            throw SshKeyFile.Encrypted();
        reader.ReadString(); // the key derivation's name
        reader.ReadString(); // and its options
        if (reader.ReadNumber() != 1)
            throw new InvalidDataException("it holds more than one key");
        reader.ReadString(); // the public key, which the private part has again
        var secret = new SshReader(reader.ReadString());
        if (secret.ReadNumber() != secret.ReadNumber())
            throw new InvalidDataException("its key is damaged");
        string kind = Encoding.ASCII.GetString(secret.ReadString());
        return kind switch
        {
            "ssh-ed25519" => ReadEd25519(ref secret),
            "ssh-rsa" => ReadRsa(ref secret),
            "ecdsa-sha2-nistp256" => ReadEcdsa(ref secret, ECCurve.NamedCurves.nistP256),
            "ecdsa-sha2-nistp384" => ReadEcdsa(ref secret, ECCurve.NamedCurves.nistP384),
            "ecdsa-sha2-nistp521" => ReadEcdsa(ref secret, ECCurve.NamedCurves.nistP521),
            _ => throw new InvalidDataException($"keys of the kind `{kind}` are not supported: make one by `ssh-keygen -t ed25519`, or forward an agent that has it"),
        };
    }

    private static Ed25519SshKey ReadEd25519(ref SshReader reader)
    {
        reader.ReadString(); // the public half
        return new Ed25519SshKey(new Ed25519Key(reader.ReadString()[..Ed25519Key.SeedSize]));
    }

    private static RsaSshKey ReadRsa(ref SshReader reader)
    {
        ReadOnlySpan<byte> modulus = reader.ReadInteger(), exponent = reader.ReadInteger(), d = reader.ReadInteger(), inverseQ = reader.ReadInteger();
        ReadOnlySpan<byte> p = reader.ReadInteger(), q = reader.ReadInteger();
        int half = (modulus.Length + 1) / 2;
        return new RsaSshKey(RSA.Create(new RSAParameters
        {
            Modulus = modulus.ToArray(),
            Exponent = exponent.ToArray(),
            D = Pad(d, modulus.Length),
            P = Pad(p, half),
            Q = Pad(q, half),
            DP = Remainder(d, p, half),
            DQ = Remainder(d, q, half),
            InverseQ = Pad(inverseQ, half),
        }));
    }

    private static EcdsaSshKey ReadEcdsa(ref SshReader reader, ECCurve curve)
    {
        reader.ReadString(); // the curve's name again
        ReadOnlySpan<byte> point = reader.ReadString()[1..];
        int half = point.Length / 2;
        return new EcdsaSshKey(ECDsa.Create(new ECParameters
        {
            Curve = curve,
            Q = new ECPoint { X = point[..half].ToArray(), Y = point[half..].ToArray() },
            D = Pad(reader.ReadInteger(), half),
        }));
    }

    /// <summary>d mod (prime - 1), which PKCS#1 has and this format has not.</summary>
    private static byte[] Remainder(ReadOnlySpan<byte> d, ReadOnlySpan<byte> prime, int length)
    {
        BigInteger remainder = new BigInteger(d, isUnsigned: true, isBigEndian: true) % (new BigInteger(prime, isUnsigned: true, isBigEndian: true) - 1);
        return Pad(remainder.ToByteArray(isUnsigned: true, isBigEndian: true), length);
    }

    private static byte[] Pad(ReadOnlySpan<byte> number, int length) => [.. new byte[Math.Max(0, length - number.Length)], .. number];
}
