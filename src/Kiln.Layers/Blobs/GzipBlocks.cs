// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.IO.Compression;

namespace Kiln.Layers.Blobs;

/// <summary>
/// One gzip member (RFC 1952) of blocks that know nothing of each other. Each is ended by a flush, which brings it to a byte's border (RFC 1951, 3.2.4:
/// an empty stored block), as pigz(1) does; checksums are computed apart and combined. Every gunzip reads it: there is one member only.
/// </summary>
internal sealed class GzipBlocks(int level) : BlockFormat
{
    private const int HeaderLength = 10;
    private const int ChecksumOffset = 8; // from the end: CRC32, ISIZE

    private readonly ZLibCompressionOptions _options = new() { CompressionLevel = level };
    private uint _checksum;
    private long _size;

    /// <summary>At this size the 32 KiB that a block cannot look back to cost less than 1 % (measured on Debian's tree).</summary>
    internal override int BlockSize => 1 << 20;

    /// <summary>RFC 1952, 2.3: deflate; no flags, no time, no hint, system unknown, so that nothing of the machine is in it.</summary>
    internal override ReadOnlyMemory<byte> Start { get; } = new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF };

    /// <summary>A whole member is made, for its checksum; of it, what lies between header and end is taken.</summary>
    internal override void Pack(Block block)
    {
        int length;
        using (var gzip = new GZipStream(block.Packed, _options, leaveOpen: true))
        {
            gzip.Write(block.Plain.Span);
            gzip.Flush();
            length = (int)block.Packed.Length;
        }
        ReadOnlySpan<byte> member = block.Packed.GetBuffer().AsSpan(0, (int)block.Packed.Length);
        block.Checksum = BinaryPrimitives.ReadUInt32LittleEndian(member[^ChecksumOffset..]);
        member[HeaderLength..length].CopyTo(block.Packed.GetBuffer());
        block.Packed.SetLength(length - HeaderLength);
    }

    internal override void Append(Block block)
    {
        _checksum = Crc32.Combine(_checksum, block.Checksum, block.Plain.Length);
        _size += block.Plain.Length;
    }

    internal override ReadOnlyMemory<byte> GetEnd()
    {
        byte[] end = new byte[2 + ChecksumOffset];
        end[0] = 3; // RFC 1951, 3.2.3: the last block, with fixed codes, and nothing in it but its end.
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), _checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), (uint)_size);
        return end;
    }
}
