// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace Kiln.Sandbox.Ssh;

/// <summary>Writes the data types of SSH, RFC 4251 section 5.</summary>
internal sealed class SshWriter
{
    private readonly List<byte> _bytes = [];

    public SshWriter Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public SshWriter Number(uint value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public SshWriter String(ReadOnlySpan<byte> value)
    {
        Number((uint)value.Length);
        _bytes.AddRange(value);
        return this;
    }

    /// <summary>An `mpint` that is not negative, of its bytes, the highest first.</summary>
    public SshWriter Integer(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        return value is [>= 0x80, ..] ? String([0, .. value]) : String(value);
    }

    public byte[] ToArray() => [.. _bytes];
}
