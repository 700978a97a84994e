// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.Text;
using Kiln.Layers.Tar;

namespace Kiln.Fuzz;

/// <summary>The reader of archives. Samples come from .NET's own writer; a changed header gets its checksum set right half of the time.</summary>
internal sealed class TarTarget : IFuzzTarget
{
    private const int Block = 512;
    private const int ChecksumStart = 148;

    public string Name => "tar";

    public IReadOnlyList<byte[]> Pieces { get; } =
    [
        new byte[Block], new byte[64], [.. Header("a", '0', 3), .. Filled("abc")], Header("d/", '5', 0), Header("l", '2', 0), [.. Header("x", 'x', 20), .. Filled("20 path=aaaaaaaaaa\n\n")],
        [.. Header("L", 'L', 10), .. Filled("longname\0\0")], [.. Header("s", 'S', 3), .. Filled("abc")], "30 GNU.sparse.major=1\n"u8.ToArray(), "18 size=1000000000\n"u8.ToArray(),
        [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "99999999999"u8.ToArray(),
    ];

    public IReadOnlyList<byte[]> Samples { get; } = [Archive(TarEntryFormat.Ustar), Archive(TarEntryFormat.Pax), Archive(TarEntryFormat.Gnu)];

    public void Read(byte[] input)
    {
        ReadArchive(input);
        byte[] mended = [.. input];
        for (int at = 0; at + Block <= mended.Length; at += Block)
            SetChecksum(mended.AsSpan(at, Block));
        ReadArchive(mended);
    }

    private static void ReadArchive(byte[] archive)
    {
        try
        {
            var reader = new Layers.Tar.TarReader(new MemoryStream(archive, writable: false));
            var buffer = new byte[4096];
            long total = 0;
            while (reader.ReadNext() is not null)
                for (int read; total < 1 << 20 && (read = reader.Content.Read(buffer)) > 0;)
                    total += read;
        }
        catch (Exception e) when (e is TarException or EndOfStreamException)
        {
            // Refused, as it may be.
        }
    }

    private static byte[] Archive(TarEntryFormat format)
    {
        var stream = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(stream, format, leaveOpen: true))
        {
            foreach ((TarEntryType type, string name) in (ReadOnlySpan<(TarEntryType, string)>)[
                (TarEntryType.Directory, "d/"), (TarEntryType.RegularFile, "d/f"), (TarEntryType.SymbolicLink, "l"), (TarEntryType.HardLink, "h"),
                (TarEntryType.RegularFile, string.Concat(Enumerable.Repeat("long/", format is TarEntryFormat.Ustar ? 10 : 40)) + "name")])
            {
                System.Formats.Tar.TarEntry entry = format switch
                {
                    TarEntryFormat.Ustar => new UstarTarEntry(type, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(type, name),
                    _ => new PaxTarEntry(type, name, new Dictionary<string, string> { ["SCHILY.xattr.user.a"] = "b" }),
                };
                if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                    entry.LinkName = "d/f";
                if (type is TarEntryType.RegularFile)
                    entry.DataStream = new MemoryStream("content of a file"u8.ToArray());
                writer.WriteEntry(entry);
            }
        }
        return stream.ToArray();
    }

    private static byte[] Header(string name, char type, int size)
    {
        var header = new byte[Block];
        Encoding.ASCII.GetBytes(name, header);
        Encoding.ASCII.GetBytes("0000644\0", header.AsSpan(100));
        Encoding.ASCII.GetBytes(Convert.ToString(size, 8).PadLeft(11, '0'), header.AsSpan(124));
        header[156] = (byte)type;
        Encoding.ASCII.GetBytes("ustar\000", header.AsSpan(257));
        SetChecksum(header);
        return header;
    }

    private static byte[] Filled(string content) => [.. Encoding.ASCII.GetBytes(content), .. new byte[Block - content.Length]];

    private static void SetChecksum(Span<byte> header)
    {
        header.Slice(ChecksumStart, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in header)
            sum += value;
        Encoding.ASCII.GetBytes($"{Convert.ToString(sum, 8).PadLeft(6, '0')}\0 ", header[ChecksumStart..]);
    }
}
