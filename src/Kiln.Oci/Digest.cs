// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Kiln.Oci;

/// <summary>
/// What content is named by: `sha256:` or `sha512:` and the hash in lower-case hexadecimal. Only well-formed ones exist, besides
/// <c>default</c>, which has no text.
/// </summary>
public readonly record struct Digest
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>`sha256` or `sha512`.</summary>
    public string Algorithm => ToString()[..6];

    public string Hex => ToString()[7..];

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        int hexLength = text switch
        {
            _ when text is null => -1,
            _ when text.StartsWith("sha256:", StringComparison.Ordinal) => SHA256.HashSizeInBytes * 2,
            _ when text.StartsWith("sha512:", StringComparison.Ordinal) => SHA512.HashSizeInBytes * 2,
            _ => -1,
        };
        if (hexLength < 0 || text!.Length != 7 + hexLength || text.AsSpan(7).ContainsAnyExcept(LowerHex))
            return false;
        digest = new Digest(text);
        return true;
    }

    /// <exception cref="FormatException">The text is not a digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out Digest digest) ? digest : throw new FormatException($"`{text}` is not a sha256 or sha512 digest");

    public static Digest Sha256(ReadOnlySpan<byte> content) => FromSha256Hash(SHA256.HashData(content));

    public static Digest FromSha256Hash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != SHA256.HashSizeInBytes)
            throw new ArgumentException("a SHA-256 hash has 32 bytes", nameof(hash));
        return new Digest("sha256:" + Convert.ToHexStringLower(hash));
    }

    public bool Matches(ReadOnlySpan<byte> content)
    {
        using IncrementalHash hash = StartHash();
        hash.AppendData(content);
        return Equals(OfHash(hash));
    }

    /// <summary>A hash of this digest's algorithm, for <see cref="OfHash"/>.</summary>
    internal IncrementalHash StartHash() =>
        IncrementalHash.CreateHash(Algorithm == "sha256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512);

    internal Digest OfHash(IncrementalHash hash) => new(Algorithm + ":" + Convert.ToHexStringLower(hash.GetHashAndReset()));

    public override string ToString() => _text ?? throw new InvalidOperationException("a default Digest names nothing");
}
