// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Collections.Immutable;

namespace Kiln.Build.Secrets;

/// <summary>
/// How the values of a step's secrets look in bytes: as they are, and in base64 (RFC 4648, both alphabets) wherever the value begins within a group of three. Values
/// shorter than <see cref="Shortest"/> are left out: they would be found where nobody put them.
/// </summary>
internal sealed class SecretPatterns
{
    /// <summary>In bytes, without the white space around the value.</summary>
    internal const int Shortest = 8;

    /// <summary>A longer value is recognised by its first bytes.</summary>
    internal const int Longest = 4096;

    /// <summary>base64 is often wrapped, at 64 characters by PEM and later by others: so many bytes are on its first line.</summary>
    private const int OnOneLine = 48;

    private SecretPatterns(ImmutableArray<SecretPattern> values, ImmutableArray<SecretPattern> lines) => (Values, Lines) = (values, lines);

    internal static SecretPatterns None { get; } = new([], []);

    /// <summary>What must not be in a layer.</summary>
    internal ImmutableArray<SecretPattern> Values { get; }

    /// <summary>What is not shown: the same, and every line of a value that has several.</summary>
    internal ImmutableArray<SecretPattern> Lines { get; }

    internal static SecretPatterns Of(IEnumerable<KeyValuePair<string, BuildSecret>> secrets)
    {
        var values = ImmutableArray.CreateBuilder<SecretPattern>();
        var lines = ImmutableArray.CreateBuilder<SecretPattern>();
        foreach ((string id, BuildSecret secret) in secrets)
        {
            ReadOnlyMemory<byte> value = Trim(secret.Content);
            if (value.Length < Shortest)
                continue;
            values.Add(new SecretPattern(id, value[..Math.Min(value.Length, Longest)]));
            foreach (byte[] encoded in Encode(value.Span[..Math.Min(value.Length, OnOneLine)]))
                values.Add(new SecretPattern(id, encoded));
            foreach (ReadOnlyMemory<byte> line in LinesOf(value))
                if (line.Length >= Shortest && line.Length < value.Length)
                    lines.Add(new SecretPattern(id, line[..Math.Min(line.Length, Longest)]));
        }
        return values.Count == 0 ? None : new SecretPatterns(values.ToImmutable(), [.. values, .. lines]);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> value) => MemoryExtensions.Trim(value, " \t\r\n"u8);

    private static IEnumerable<ReadOnlyMemory<byte>> LinesOf(ReadOnlyMemory<byte> value)
    {
        while (value.Span.IndexOf((byte)'\n') is >= 0 and var end)
        {
            yield return Trim(value[..end]);
            value = value[(end + 1)..];
        }
        yield return Trim(value);
    }

    /// <summary>Of each of the three places only the characters that depend on nothing but the value.</summary>
    private static List<byte[]> Encode(ReadOnlySpan<byte> value)
    {
        var encodings = new List<byte[]>();
        for (int before = 0; before < 3; before++)
        {
            byte[] padded = [.. new byte[before], .. value];
            byte[] text = new byte[Base64.GetMaxEncodedToUtf8Length(padded.Length)];
            Base64.EncodeToUtf8(padded, text, out _, out _);
            byte[] own = text[(((before * 8) + 5) / 6)..(padded.Length * 8 / 6)];
            encodings.Add(own);
            if (own.AsSpan().ContainsAny((byte)'+', (byte)'/'))
                encodings.Add([.. own.Select(c => c switch { (byte)'+' => (byte)'-', (byte)'/' => (byte)'_', _ => c })]);
        }
        return encodings;
    }
}
