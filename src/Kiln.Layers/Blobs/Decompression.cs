// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using Kiln.Linux.Compression;

namespace Kiln.Layers.Blobs;

/// <summary>Tells how bytes are packed by their first few, whatever a media type or file name claims, and unpacks them.</summary>
public static class Decompression
{
    /// <summary>How many bytes it takes to tell.</summary>
    public const int SniffLength = 6;

    public static ArchiveCompression Sniff(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => ArchiveCompression.Gzip, // RFC 1952, 2.3.1
        [0x28, 0xB5, 0x2F, 0xFD, ..] => ArchiveCompression.Zstd, // RFC 8878, 3.1.1
        [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => ArchiveCompression.Zstd, // a skippable frame, 3.1.2
        [(byte)'B', (byte)'Z', (byte)'h', ..] => ArchiveCompression.Bzip2,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00, ..] => ArchiveCompression.Xz,
        _ => ArchiveCompression.None,
    };

    /// <summary>The plain bytes of a seekable stream that stands at its start, which it owns from then on.</summary>
    public static Stream Open(Stream packed) => Open(packed, ExpansionLimit.Default);

    internal static Stream Open(Stream packed, ExpansionLimit limit)
    {
        Span<byte> start = stackalloc byte[SniffLength];
        int count = packed.ReadAtLeast(start, SniffLength, throwOnEndOfStream: false);
        packed.Seek(-count, SeekOrigin.Current);
        ArchiveCompression compression = Sniff(start[..count]);
        return compression == ArchiveCompression.None ? packed : new UnpackedStream(Unpack(packed, compression), compression, packed.Length, limit);
    }

    private static Stream Unpack(Stream packed, ArchiveCompression compression) => compression switch
    {
        ArchiveCompression.Gzip => new GZipStream(packed, CompressionMode.Decompress),
        ArchiveCompression.Zstd => new ZstdDecompressionStream(packed),
        ArchiveCompression.Bzip2 => new Bzip2DecompressionStream(packed),
        ArchiveCompression.Xz => new XzDecompressionStream(packed),
        ArchiveCompression.None => packed,
    };
}
