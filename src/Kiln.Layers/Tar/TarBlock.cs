// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Kiln.Layers.Tar;

/// <summary>
/// The 512-byte header block of a tar archive: POSIX.1-1988 ustar (pax(1), "ustar Interchange Format") with GNU tar's base-256
/// numbers (gnu.org/software/tar/manual, "Basic Tar Format"). Offsets and widths stand here and nowhere else.
/// </summary>
internal static class TarBlock
{
    internal const int Size = 512;

    internal static readonly Range Name = 0..100;
    internal static readonly Range Mode = 100..108;
    internal static readonly Range Uid = 108..116;
    internal static readonly Range Gid = 116..124;
    internal static readonly Range Length = 124..136;
    internal static readonly Range ModifiedTime = 136..148;
    internal static readonly Range Checksum = 148..156;
    internal const int TypeFlag = 156;
    internal static readonly Range LinkName = 157..257;
    internal static readonly Range Magic = 257..265;
    internal static readonly Range DeviceMajor = 329..337;
    internal static readonly Range DeviceMinor = 337..345;
    internal static readonly Range Prefix = 345..500;

    /// <summary>Old GNU sparse header: four (offset, length) pairs, then a flag that more follow, then the real size.</summary>
    internal const int GnuSparseStart = 386;
    internal const int GnuSparseIsExtended = 482;
    internal static readonly Range GnuSparseRealSize = 483..495;

    internal static ReadOnlySpan<byte> UstarMagic => "ustar\000"u8;

    internal static ReadOnlySpan<byte> GnuMagic => "ustar  \0"u8;

    internal static bool IsZero(ReadOnlySpan<byte> block) => !block.ContainsAnyExcept((byte)0);

    /// <summary>Bytes up to the first NUL.</summary>
    internal static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>A number in octal digits, or in base 256 where the first bit is set. False where it is neither or does not fit.</summary>
    internal static bool TryReadNumber(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        if ((field[0] & 0x80) != 0)
            return TryReadBase256(field, out value);
        field = Text(field.Trim(" \0"u8)).Trim((byte)' ');
        foreach (byte digit in field)
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
                return false;
            value = (value << 3) | (long)(digit - '0');
        }
        return true;
    }

    private static bool TryReadBase256(ReadOnlySpan<byte> field, out long value)
    {
        bool negative = (field[0] & 0x40) != 0;
        Span<byte> bytes = stackalloc byte[12];
        bytes.Fill(negative ? (byte)0xff : (byte)0);
        field.CopyTo(bytes[(bytes.Length - field.Length)..]);
        int first = bytes.Length - field.Length;
        bytes[first] = negative ? (byte)(bytes[first] | 0x80) : (byte)(bytes[first] & 0x7f);
        value = BinaryPrimitives.ReadInt64BigEndian(bytes[4..]);
        // What does not fit into 64 bits is no size, owner or time of anything.
        return BinaryPrimitives.ReadInt32BigEndian(bytes) == (negative ? -1 : 0) && value < 0 == negative;
    }

    /// <summary>Whether the checksum is right: the sum of unsigned bytes (pax(1)), or of signed ones, as some old programs added them up.</summary>
    internal static bool HasValidChecksum(ReadOnlySpan<byte> block)
    {
        int high = 0;
        foreach (byte b in block)
            high += b >> 7;
        long sum = ComputeChecksum(block);
        return TryReadNumber(block[Checksum], out long stored) && (stored == sum || stored == sum - (256 * high));
    }

    /// <summary>The sum of all bytes, the checksum field itself counted as blanks.</summary>
    internal static long ComputeChecksum(ReadOnlySpan<byte> block)
    {
        long sum = 0;
        for (int i = 0; i < block.Length; i++)
            sum += i is >= 148 and < 156 ? ' ' : block[i];
        return sum;
    }

    /// <summary>How many bytes fill up the last block of a content of some size.</summary>
    internal static int Padding(long size) => (int)(-size & (Size - 1));
}
