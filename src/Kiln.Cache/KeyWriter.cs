// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>
/// An encoding of a sequence of values, and its SHA-256. Each value is written with its kind and its length in front, so that two sequences that differ anywhere have different encodings;
/// <see cref="Version"/> begins all of them, and changes whenever the meaning of one does.
/// </summary>
public sealed class KeyWriter : IDisposable
{
    /// <summary>Of the encoding, and of all that Kiln's steps make of the same input: what an older version has kept is not found by a newer one that would make something else.</summary>
    public const int Version = 1;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <param name="subject">What is encoded: the same values of two subjects differ.</param>
    public KeyWriter(string subject)
    {
        Write(subject);
        Write(Version);
    }

    public void Write(string text)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text.AsSpan());
        Begin('t', bytes.Length);
        _hash.AppendData(bytes);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Begin('b', bytes.Length);
        _hash.AppendData(bytes);
    }

    public void Write(long number) => Begin('n', number);

    /// <summary>The hash of what was written; the writer is spent.</summary>
    public Digest Complete() => Digest.FromSha256Hash(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    /// <summary>The kind, and a number of eight bytes: the value itself, or the length of the bytes that follow.</summary>
    private void Begin(char kind, long number)
    {
        Span<byte> head = stackalloc byte[9];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt64LittleEndian(head[1..], number);
        _hash.AppendData(head);
    }
}
