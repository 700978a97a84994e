// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Kiln.Sandbox.Ssh;

/// <summary>Reads the data types of SSH, RFC 4251 section 5. Whatever reaches beyond the end is an <see cref="InvalidDataException"/>.</summary>
internal ref struct SshReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    public readonly bool IsAtEnd => _left.IsEmpty;

    public uint ReadNumber() => BinaryPrimitives.ReadUInt32BigEndian(Take(sizeof(uint)));

    public ReadOnlySpan<byte> ReadString() => Take(ReadNumber());

    /// <summary>An `mpint` that is not negative, without the zero byte that only says so.</summary>
    public ReadOnlySpan<byte> ReadInteger() => ReadString().TrimStart((byte)0);

    public ReadOnlySpan<byte> Take(uint count)
    {
        if (count > (uint)_left.Length)
            throw new InvalidDataException("it ends too early");
        ReadOnlySpan<byte> taken = _left[..(int)count];
        _left = _left[(int)count..];
        return taken;
    }
}
