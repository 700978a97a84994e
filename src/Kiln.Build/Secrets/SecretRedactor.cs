// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Secrets;

/// <summary>
/// Hands bytes on, with `***` in place of every secret. Bytes that may be the beginning of one are held back until the next come, or <see cref="Flush"/>.
/// </summary>
internal sealed class SecretRedactor(SecretPatterns patterns, SecretRedactor.Receiver receiver)
{
    internal delegate void Receiver(ReadOnlySpan<byte> bytes);

    private byte[] _held = [];

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        if (patterns.Lines.IsEmpty)
        {
            receiver(bytes);
            return;
        }
        ReadOnlySpan<byte> left = _held.Length == 0 ? bytes : (byte[])[.. _held, .. bytes];
        while (FindFirst(left) is var (start, length))
        {
            Hand(left[..start]);
            receiver("***"u8);
            left = left[(start + length)..];
        }
        int held = LongestBeginning(left);
        Hand(left[..^held]);
        _held = left[^held..].ToArray();
    }

    /// <summary>Nothing comes any more: what was held back was no secret.</summary>
    internal void Flush()
    {
        Hand(_held);
        _held = [];
    }

    private void Hand(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty)
            receiver(bytes);
    }

    /// <summary>The first secret, and of several that begin at the same place the longest.</summary>
    private (int Start, int Length)? FindFirst(ReadOnlySpan<byte> bytes)
    {
        (int Start, int Length)? first = null;
        foreach (SecretPattern pattern in patterns.Lines)
        {
            int length = pattern.Bytes.Length;
            int start = bytes.IndexOf(pattern.Bytes.Span);
            if (start >= 0 && (first is not { } best || start < best.Start || (start == best.Start && length > best.Length)))
                first = (start, length);
        }
        return first;
    }

    /// <summary>How many bytes at the end may be the beginning of a secret.</summary>
    private int LongestBeginning(ReadOnlySpan<byte> bytes)
    {
        int longest = 0;
        foreach (SecretPattern pattern in patterns.Lines)
        {
            ReadOnlySpan<byte> secret = pattern.Bytes.Span;
            for (int length = Math.Min(secret.Length - 1, bytes.Length); length > longest; length--)
            {
                if (bytes[^length] == secret[0] && secret.StartsWith(bytes[^length..]))
                    longest = length;
            }
        }
        return longest;
    }
}
