// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace Kiln.Store;

/// <summary>
/// The few kinds of tar entries that an image archive needs: regular files with short ASCII names, owned by root, of the epoch. The
/// same files make the same bytes.
/// </summary>
internal sealed class UstarWriter(Stream destination)
{
    private const int BlockSize = 512;
    private const int LongestName = 100;
    private const long MaxOctalSize = 0x1_FFFF_FFFF;

    /// <summary>Writes one file. The stream holds exactly so many bytes.</summary>
    public async Task WriteAsync(string name, long size, Stream content, CancellationToken cancellationToken)
    {
        if (name.Length > LongestName)
            await WriteLongNameAsync(name, cancellationToken);
        await destination.WriteAsync(Header(name[..Math.Min(name.Length, LongestName)], size), cancellationToken);
        await content.CopyToAsync(destination, cancellationToken);
        int rest = (int)(size % BlockSize);
        if (rest > 0)
            await destination.WriteAsync(new byte[BlockSize - rest], cancellationToken);
    }

    /// <summary>"At the end of the archive file there are two 512-byte blocks filled with binary zeros" (POSIX, pax).</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken) =>
        await destination.WriteAsync(new byte[2 * BlockSize], cancellationToken);

    /// <summary>GNU's entry that holds the name of the next one, which all readers know: a blob's of a sha512 digest is that long.</summary>
    private async Task WriteLongNameAsync(string name, CancellationToken cancellationToken)
    {
        byte[] content = new byte[BlockSize];
        int length = Encoding.ASCII.GetBytes(name, content);
        await destination.WriteAsync(Header("././@LongLink", length + 1, 'L'), cancellationToken);
        await destination.WriteAsync(content, cancellationToken);
    }

    internal static byte[] Header(string name, long size, char type = '0')
    {
        byte[] header = new byte[BlockSize];
        if (!Encoding.ASCII.TryGetBytes(name, header.AsSpan(0, LongestName), out _))
            throw new ArgumentException($"`{name}` does not fit into a tar header", nameof(name));
        Octal(header.AsSpan(100, 8), 0b110_100_100);
        Octal(header.AsSpan(108, 8), 0);
        Octal(header.AsSpan(116, 8), 0);
        if (size <= MaxOctalSize)
            Octal(header.AsSpan(124, 12), size);
        else
            Base256(header.AsSpan(124, 12), size);
        Octal(header.AsSpan(136, 12), 0);
        header[156] = (byte)type;
        "ustar\000"u8.CopyTo(header.AsSpan(257));
        // The checksum is taken with spaces in its own place, and written as six digits, NUL, space.
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header.AsSpan(148, 7), header.Sum(b => b));
        return header;
    }

    private static void Octal(Span<byte> field, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0') + "\0", field);

    // GNU's way for numbers that octal digits cannot hold: the first bit set, the rest of the field big-endian.
    private static void Base256(Span<byte> field, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
        field[0] = 0x80;
    }
}
