// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;

namespace Kiln.Tests.Layers.Hostile;

/// <content>Headers that lie, and bytes packed to do harm.</content>
internal static partial class HostileArchives
{
    /// <summary>One file `f` that holds an `x`, packed by xz, with a block header that asks for a dictionary of 4 GiB.</summary>
    private static readonly byte[] HugeXz = Convert.FromHexString(
        "fd377a585a000004e6d6b4460200210128000000e6a011b3e007ff00395d003300335018688982eda78069fada6df2b6a6df1c9f1c82a5eed610093f8422dc865d198f6480e25dff52155851f4162b9b8335417d9668d50000000000f667d3c09f68b4db000155801000000094aae97eb1c467fb020000000004595a");

    private static Dictionary<string, HostileArchive> Headers => new()
    {
        ["a wrong checksum"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", change: b => TarBytes.Put(b, 148, "000001\0 ")),
            "refused: a header's checksum is wrong",
            "refused: the archive cannot be unpacked: a header's checksum is wrong"),
        ["a wrong checksum at once"] = Plain(
            _ => Tar().Add("f", "x", change: b => TarBytes.Put(b, 148, "000001\0 ")),
            "refused: a header's checksum is wrong",
            "new"),
        ["a size beyond the archive's end"] = new(
            _ => Tar().Add("a", "x").Add("f", "x", size: 1_000_000).ToArray(),
            "refused: the archive ends inside a file",
            "refused: the archive cannot be unpacked: the archive ends inside a file"),
        ["a size of eight exbibytes"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", change: b => Base256(b, 124, long.MaxValue)),
            "refused: the archive ends inside a file",
            "refused: the archive is too large: its 3,072 bytes become more than 9,223,372,036,854,775,807"),
        ["a negative size"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", change: b => Base256(b, 124, -1)),
            "refused: an entry has a negative size",
            "refused: the archive cannot be unpacked: an entry has a negative size"),
        ["a size of more than 64 bits"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", change: b => b.AsSpan(124, 12).Fill(0x8F)),
            "refused: an entry's size is no number",
            "refused: the archive cannot be unpacked: an entry's size is no number"),
        ["a size that is no number"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", change: b => TarBytes.Put(b, 124, "12x")),
            "refused: an entry's size is no number",
            "refused: the archive cannot be unpacked: an entry's size is no number"),
        ["a directory with a size"] = Plain(
            _ => Tar().Add("d/", type: '5', change: b => TarBytes.Put(b, 124, "00000007777")).Add("f", "x"),
            "d/ f",
            "new/ new/d/ new/f"),
        ["a link with a size"] = Plain(
            _ => LinkTo("l", "f", Tar().AddPax(("size", "9999999"))).Add("f", "x"),
            "f l",
            "new/ new/f new/l"),
        ["a pax size beyond the end"] = Plain(
            _ => Tar().Add("a", "x").AddPax(("size", "1000000")).Add("f", "x"),
            "refused: the archive ends inside a file",
            "refused: the archive cannot be unpacked: the archive ends inside a file"),
        ["a pax size that hides an entry"] = Plain(
            _ => Tar().AddPax(("size", "1024")).Add("f", "x").Add("hidden", "x"),
            "refused: a header's checksum is wrong",
            "refused: the archive cannot be unpacked: a header's checksum is wrong"),
        ["a negative pax size"] = Plain(
            _ => Tar().Add("a", "x").AddPax(("size", "-1")).Add("f", "x"),
            "refused: the pax record `size` is no number",
            "refused: the archive cannot be unpacked: the pax record `size` is no number"),
        ["pax records that contradict"] = Plain(
            _ => Tar().AddPax(("path", "one"), ("path", "two"), ("path", "")).Add("f", "x").AddPax(("path", "one"), ("path", "two")).Add("g", "x"),
            "f two",
            "new/ new/f new/two"),
        ["a pax record of a wrong length"] = Plain(
            _ => Tar().Add("a", "x").Add("pax", "99 path=a\n", 'x').Add("f", "x"),
            "refused: a pax record has no proper length",
            "refused: the archive cannot be unpacked: a pax record has no proper length"),
        ["a pax record of no length"] = Plain(
            _ => Tar().Add("a", "x").Add("pax", "0 path=a\n", 'x').Add("f", "x"),
            "refused: a pax record has no proper length",
            "refused: the archive cannot be unpacked: a pax record has no proper length"),
        ["a pax header of two MiB"] = Plain(
            _ => Tar().Add("a", "x").Add("pax", new string('x', 2 << 20), 'x').Add("f", "x"),
            "refused: a name or extended header is larger than 1 MiB",
            "refused: the archive cannot be unpacked: a name or extended header is larger than 1 MiB"),
        ["a pax header that a global one contradicts"] = Plain(
            _ => Tar().Add("g", "19 path=../out/new\n", 'g').Add("f", "x"),
            "f",
            "new/ new/f"),
        ["pax headers with nothing behind them"] = Plain(
            _ => Tar().Add("a", "x").AddPax(("path", "f")).AddPax(("path", "g")),
            "a",
            "new/ new/a"),
        ["a long name with nothing behind it"] = Plain(
            _ => Tar().Add("a", "x").Add("././@LongLink", "f\0", 'L'),
            "a",
            "new/ new/a"),
        ["an owner that nobody can be"] = Plain(
            _ => Tar().Add("a", "x").AddPax(("uid", "99999999999")).Add("f", "x"),
            "refused: an owner is out of range",
            "refused: the archive cannot be unpacked: an owner is out of range"),
        ["a negative owner"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", change: b => Base256(b, 108, -1, 8)),
            "refused: an owner is out of range",
            "refused: the archive cannot be unpacked: an owner is out of range"),
        ["a time that is none"] = Plain(
            _ => Tar().Add("a", "x").AddPax(("mtime", "1e9")).Add("f", "x"),
            "refused: the pax record `mtime` is no time",
            "refused: the archive cannot be unpacked: the pax record `mtime` is no time"),
        ["a time at the end of all time"] = Plain(
            _ => Tar().AddPax(("mtime", "9223372036854775807.999999999")).Add("f", "x"),
            "f",
            "new/ new/f"),
        ["a mode of all bits"] = Plain(
            _ => Tar().Add("f", "x", change: b => TarBytes.Put(b, 100, "7777777\0")),
            "f",
            "new/ new/f"),
        ["a type nobody knows"] = Plain(
            _ => Tar().Add("a", "x").Add("f", "x", 'Z'),
            "refused: an entry is of unknown type `Z`",
            "refused: the archive cannot be unpacked: an entry is of unknown type `Z`"),
        ["a sparse file of a tebibyte"] = Plain(
            _ => Sparse("1099511627776", "0,1"),
            "a f",
            "refused: the archive is too large: its 4,096 bytes become more than 1,099,511,627,777"),
        ["sparse parts that overlap"] = Plain(
            _ => Sparse("10", "0,1,0,0"),
            "refused: a sparse map is out of order",
            "refused: the archive cannot be unpacked: a sparse map is out of order"),
        ["sparse parts beyond the end"] = Plain(
            _ => Sparse("10", "10,1"),
            "refused: a sparse map is out of order",
            "refused: the archive cannot be unpacked: a sparse map is out of order"),
        ["a sparse map of more parts than there are bytes"] = Plain(
            _ => Sparse("10", string.Join(',', Enumerable.Repeat("0,0", 66_000)) + ",0,1"),
            "refused: a sparse map has an odd number of numbers",
            "refused: the archive cannot be unpacked: a sparse map has an odd number of numbers"),
        ["a sparse map in the content that does not end"] = Plain(
            _ => Tar().Add("a", "x").AddPax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "9")).Add("f", "99999\n" + new string('1', 3000)),
            "refused: a sparse map is too long",
            "refused: the archive cannot be unpacked: a sparse map is too long"),
        ["a sparse name that climbs"] = Plain(
            _ => Tar().AddPax(("GNU.sparse.map", "0,1"), ("GNU.sparse.size", "1"), ("GNU.sparse.name", "../out/secret")).Add("f", "x"),
            "out/ out/secret",
            "refused: the archive's entry `../out/secret` leads out of the destination (breakout)"),
        ["an attribute nobody can have"] = Plain(
            _ => Tar().AddPax(("SCHILY.xattr.nonsense", "x"), ("SCHILY.xattr.user.", "x"), ("SCHILY.xattr.user." + new string('n', 300), "x")).Add("f", "x"),
            "f",
            "new/ new/f"),
        ["an attribute of 900 KB"] = Plain(
            _ => Tar().AddPax(("SCHILY.xattr.user.big", new string('v', 900_000))).Add("f", "x"),
            "f",
            "new/ new/f"),
        ["ten thousand attributes"] = Plain(
            _ => Tar().AddPax([.. Enumerable.Range(0, 10_000).Select(i => ($"SCHILY.xattr.user.{i}", "v"))]).Add("f", "x"),
            "f",
            "new/ new/f"),
        ["a capability that is none"] = Plain(
            _ => Tar().AddPax(("SCHILY.xattr.security.capability", "x")).Add("f", "x"),
            "f",
            "new/ new/f"),
        ["an archive that ends in a header"] = new(
            _ => [.. Tar().Add("a", "x").ToArray(), .. new byte[100].Select(_ => (byte)'h')],
            "refused: the archive ends inside a header",
            "refused: the archive cannot be unpacked: the archive ends inside a header"),
        ["an archive that ends in the padding"] = new(
            _ => Tar().Add("a", "x").Add("f", "x").ToArray()[..^100],
            "refused: the archive ends too early",
            "refused: the archive cannot be unpacked: the archive ends too early"),
        ["an archive behind the archive's end"] = new(
            _ => [.. Tar().Add("a", "x").End(), .. Tar().Add("../out/secret", "x").End()],
            "a",
            "new/ new/a"),
        ["no archive at all"] = new(
            _ => Ascii(new string('#', 2000)),
            "refused: a header's checksum is wrong",
            "new"),
    };

    private static Dictionary<string, HostileArchive> Packings => new()
    {
        ["gzip, cut off"] = new(
            _ => Gzip(Noise())[..^2000],
            "refused: the archive ends inside a file",
            "refused: the archive cannot be unpacked: the archive ends inside a file"),
        ["gzip, its last bytes cut off"] = new(
            _ => Gzip(Noise())[..^4],
            "f",
            "new/ new/f"),
        ["gzip with a wrong check"] = new(
            _ => Change(Gzip(Noise()), ^8),
            "refused: the gzip stream is broken",
            "refused: the archive cannot be unpacked: the gzip stream is broken"),
        ["gzip with changed content"] = new(
            _ => Change(Gzip(Noise()), 3000),
            "refused: the gzip stream is broken",
            "refused: the archive cannot be unpacked: the gzip stream is broken"),
        ["gzip with garbage behind it"] = new(
            _ => [.. Gzip(File()), .. Ascii("garbage")],
            "f",
            "new/ new/f"),
        ["gzip with zeros behind it"] = new(
            _ => [.. Gzip(File()), .. new byte[1000]],
            "f",
            "new/ new/f"),
        ["gzip in two members"] = new(
            _ => [.. Gzip(File()[..700]), .. Gzip(File()[700..])],
            "f",
            "new/ new/f"),
        ["gzip in gzip"] = new(
            _ => Gzip(Gzip(File())),
            "refused: the archive ends inside a header",
            "new"),
        ["gzip with a header of flags"] = new(
            _ => Change(Gzip(File()), 3, 0xFF),
            "refused: the gzip stream is broken",
            "new"),
        ["zstd with a window of two TiB"] = new(
            _ => [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 0x01, 0x00, 0x00],
            "refused: the zstd stream is broken: Frame requires too much memory for decoding",
            "new"),
        ["zstd of a skippable frame without end"] = new(
            _ => [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, .. File()],
            "refused: the zstd stream is broken: it ends inside a frame",
            "new"),
        ["xz with a dictionary of four GiB"] = new(
            _ => HugeXz,
            "refused: the xz stream is broken: lzma_code gives 6",
            "new"),
        ["bzip2, cut off"] = new(
            _ => [.. Ascii("BZh91AY&SY"), .. new byte[40]],
            "refused: the bzip2 stream is broken: BZ2_bzDecompress gives -4",
            "new"),
    };

    private static TarBytes Sparse(string size, string map) => Tar().Add("a", "x").AddPax(("GNU.sparse.map", map), ("GNU.sparse.size", size)).Add("f", "x");

    /// <summary>A good archive of one file.</summary>
    private static byte[] File() => Tar().Add("f", "x").End();

    /// <summary>A good archive of a file that does not pack well.</summary>
    private static byte[] Noise()
    {
        char[] noise = new char[20_000];
        var random = new Random(1);
        for (int i = 0; i < noise.Length; i++)
            noise[i] = (char)('0' + random.Next(70));
        return Tar().Add("f", new string(noise)).End();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Change(byte[] bytes, Index at, byte by = 0x55)
    {
        bytes[at] ^= by;
        return bytes;
    }

    private static void Base256(byte[] block, int offset, long value, int width = 12)
    {
        for (int i = 0; i < width; i++)
            block[offset + width - 1 - i] = (byte)(i < 8 ? value >> (8 * i) : value < 0 ? 0xFF : 0);
        block[offset] |= 0x80;
    }
}
