// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Indexes;

/// <summary>Reads what a <see cref="NumberWriter"/> wrote. What cannot be is an <see cref="InvalidDataException"/>.</summary>
internal ref struct NumberReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal ulong Read()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && !_rest.IsEmpty; shift += 7)
        {
            byte next = _rest[0];
            _rest = _rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new InvalidDataException("a number does not end");
    }

    internal uint ReadUInt() => Read() is <= uint.MaxValue and var value ? (uint)value : throw OutOfRange();

    internal int ReadInt(int most) => Read() is var value && value <= (ulong)most ? (int)value : throw OutOfRange();

    /// <summary>How many of something follow, each of which takes a byte at least: no more than there are bytes.</summary>
    internal int ReadCount() => ReadInt(_rest.Length);

    internal ReadOnlySpan<byte> ReadBytes(int most)
    {
        int length = ReadInt(Math.Min(most, _rest.Length));
        ReadOnlySpan<byte> found = _rest[..length];
        _rest = _rest[length..];
        return found;
    }

    private static InvalidDataException OutOfRange() => new("a number is out of range");
}
