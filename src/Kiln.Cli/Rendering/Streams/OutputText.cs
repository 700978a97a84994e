// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Unicode;

namespace Kiln.Cli.Rendering.Streams;

/// <summary>What one step prints to one stream, as text where it is text: a character that comes in two pieces waits for its second one.</summary>
internal sealed class OutputText
{
    private byte[] _begun = [];

    /// <summary>Takes bytes and gives what they are, as text or as bytes; nothing where a character has only begun.</summary>
    internal (string? Text, byte[]? Bytes)? Take(ReadOnlySpan<byte> bytes)
    {
        byte[] all = [.. _begun, .. bytes];
        int whole = all.Length - CountBegun(all);
        _begun = all[whole..];
        return whole == 0 ? null : Read(all[..whole]);
    }

    /// <summary>What was left over when the step ended.</summary>
    internal (string? Text, byte[]? Bytes)? End()
    {
        byte[] rest = _begun;
        _begun = [];
        return rest.Length == 0 ? null : Read(rest);
    }

    private static (string? Text, byte[]? Bytes) Read(byte[] bytes) => Utf8.IsValid(bytes) ? (Encoding.UTF8.GetString(bytes), null) : (null, bytes);

    /// <summary>How many bytes at the end are the beginning of a character.</summary>
    private static int CountBegun(ReadOnlySpan<byte> bytes)
    {
        for (int count = 1; count <= Math.Min(3, bytes.Length); count++)
        {
            byte first = bytes[^count];
            int length = first switch { >= 0xF0 and < 0xF8 => 4, >= 0xE0 and < 0xF0 => 3, >= 0xC2 and < 0xE0 => 2, _ => 1 };
            if (length > 1)
                return length > count ? count : 0;
            if (first < 0x80)
                return 0;
        }
        return 0;
    }
}
