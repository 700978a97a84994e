// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Cryptography;

/// <summary>A private key of Ed25519 (RFC 8032), held and used by OpenSSL: .NET has no such keys.</summary>
public sealed unsafe class Ed25519Key : IDisposable
{
    public const int SeedSize = 32;
    public const int PublicSize = 32;
    public const int SignatureSize = 64;

    private nint _key;

    /// <param name="seed">The 32 bytes that RFC 8032 calls the private key.</param>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize)
            throw new ArgumentException("a seed has 32 bytes", nameof(seed));
        fixed (byte* bytes = seed)
            _key = Libcrypto.NewRawPrivateKey(Libcrypto.EVP_PKEY_ED25519, 0, bytes, (nuint)seed.Length);
        if (_key == 0)
            throw new CryptographicException("OpenSSL has no Ed25519");
    }

    public byte[] GetPublicKey()
    {
        byte[] key = new byte[PublicSize];
        nuint length = PublicSize;
        fixed (byte* bytes = key)
            Check(Libcrypto.GetRawPublicKey(_key, bytes, &length));
        return key;
    }

    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        byte[] signature = new byte[SignatureSize];
        nuint length = SignatureSize;
        nint digest = Libcrypto.NewDigest();
        try
        {
            fixed (byte* bytes = data, result = signature)
            {
                Check(Libcrypto.BeginSignature(digest, null, 0, 0, _key));
                Check(Libcrypto.Sign(digest, result, &length, bytes, (nuint)data.Length));
            }
        }
        finally
        {
            Libcrypto.FreeDigest(digest);
        }
        return signature;
    }

    public void Dispose() => Libcrypto.FreeKey(Interlocked.Exchange(ref _key, 0));

    private static void Check(int result)
    {
        if (result != 1)
            throw new CryptographicException("OpenSSL refuses to work with an Ed25519 key");
    }
}
