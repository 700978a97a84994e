// SPDX-License-Identifier: Apache-2.0
using System.Buffers;

namespace Kiln.Layers.Indexes;

/// <summary>Writes unsigned numbers as LEB128 (DWARF 5, 7.6), and bytes after their number.</summary>
internal readonly struct NumberWriter(IBufferWriter<byte> to)
{
    private const int LongestNumber = 10;

    internal void Write(ulong value)
    {
        Span<byte> bytes = to.GetSpan(LongestNumber);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
            bytes[length++] = (byte)(value | 0x80);
        bytes[length++] = (byte)value;
        to.Advance(length);
    }

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        Write((ulong)bytes.Length);
        to.Write(bytes);
    }
}
