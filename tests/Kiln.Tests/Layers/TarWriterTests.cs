// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>Archives byte for byte as Go's archive/tar writes them for Docker, worked out from the format.</summary>
public sealed class TarWriterTests
{
    [Fact]
    public void The_empty_archive_is_two_blocks_of_zeros()
    {
        byte[] archive = TarBytes.Write();

        Assert.Equal(new byte[1024], archive);
        Assert.Equal("5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef", Convert.ToHexStringLower(SHA256.HashData(archive)));
    }

    [Fact]
    public void A_plain_header_has_every_field_in_octal_and_nothing_else()
    {
        byte[] archive = TarBytes.Write(File("dir/file") with { Mode = 0x9ED, Uid = 1000, Gid = 50, Size = 5, ModifiedTime = new UnixTime(1, 999) });

        Assert.Equal(512 + 512 + 1024, archive.Length);
        Assert.Equal(
            "dir/file" + Nul(92) + "0004755\00001750\00000062\000000000005\000000000001\0" + Checksum(archive) + "0" + Nul(100) + "ustar\000" + Nul(64)
            + "0000000\00000000\0" + Nul(167), Text(archive, 0, 512));
    }

    [Theory]
    [InlineData(EntryType.Directory, '5', "x/")]
    [InlineData(EntryType.SymbolicLink, '2', "x")]
    [InlineData(EntryType.HardLink, '1', "x")]
    [InlineData(EntryType.CharacterDevice, '3', "x")]
    [InlineData(EntryType.BlockDevice, '4', "x")]
    [InlineData(EntryType.Fifo, '6', "x")]
    public void Each_type_has_its_flag_and_a_directory_ends_in_a_slash(EntryType type, char flag, string name)
    {
        byte[] archive = TarBytes.Write(File("x") with { Type = type, Device = new DeviceNumber(8, 1), HardLinkTarget = UnixPath.Clean("t") });

        Assert.Equal(name + "\0", Text(archive, 0, name.Length + 1));
        Assert.Equal(flag, (char)archive[156]);
        Assert.Equal("0000010\00000001\0", Text(archive, 329, 16));
        Assert.Equal(type == EntryType.HardLink ? "t\0" : "\0\0", Text(archive, 157, 2));
    }

    [Theory]
    [InlineData(100, 0, "")]
    [InlineData(101, 50, "ustar")]
    [InlineData(256, 155, "ustar")]
    public void A_long_ASCII_name_is_cut_at_a_slash(int length, int slash, string how)
    {
        string name = how == "" ? new string('n', length) : new string('p', slash) + "/" + new string('n', length - slash - 1);
        byte[] archive = TarBytes.Write(File(name));

        Assert.Equal(512 + 1024, archive.Length);
        Assert.Equal(slash == 0 ? "" : name[..slash], Text(archive, 345, 155).TrimEnd('\0'));
        Assert.Equal(slash == 0 ? name : name[(slash + 1)..], Text(archive, 0, 100).TrimEnd('\0'));
    }

    [Fact]
    public void A_name_that_cannot_be_cut_gets_a_pax_header_without_devices_mode_or_time()
    {
        string name = "dir/" + new string('n', 101);
        byte[] archive = TarBytes.Write(File(name));

        Assert.Equal("dir/PaxHeaders.0/" + new string('n', 83), Text(archive, 0, 100));
        Assert.Equal("0000000\00000000\00000000\000000000163\000000000000\0", Text(archive, 100, 48));
        Assert.Equal('x', (char)archive[156]);
        Assert.Equal("ustar\000" + Nul(247), Text(archive, 257, 255));
        Assert.Equal($"115 path={name}\n", Text(archive, 512, 115));
        Assert.Equal(name[..100], Text(archive, 1024, 100));
    }

    [Fact]
    public void A_name_beyond_ASCII_gets_a_record_and_keeps_its_ASCII_in_the_header()
    {
        byte[] archive = TarBytes.Write(File("a/h\u00e9llo"));

        Assert.Equal("a/PaxHeaders.0/hllo\0", Text(archive, 0, 20));
        Assert.Equal("17 path=a/h\u00c3\u00a9llo\n", Text(archive, 512, 17));
        Assert.Equal("a/hllo\0", Text(archive, 1024, 7));
    }

    [Fact]
    public void A_name_without_any_ASCII_leaves_the_folder_of_pax_headers() =>
        Assert.Equal("PaxHeaders.0\0", Text(TarBytes.Write(File("\u00e9")), 0, 13));

    [Fact]
    public void The_pax_header_of_a_directory_lies_in_it()
    {
        byte[] archive = TarBytes.Write(File("a/\u00e9b") with { Type = EntryType.Directory });

        Assert.Equal("a/b/PaxHeaders.0\0", Text(archive, 0, 17));
        Assert.Equal("a/b/\0", Text(archive, 1024, 5));
    }

    [Fact]
    public void Where_a_pax_header_is_needed_anyway_a_long_name_stands_there_and_not_in_the_prefix()
    {
        string name = new string('p', 100) + "/" + new string('n', 50);
        byte[] archive = TarBytes.Write(File(name) with { Xattrs = [new ExtendedAttribute("security.capability", [1, 2])] });

        Assert.Equal($"39 SCHILY.xattr.security.capability=\u0001\u0002\n161 path={name}\n", Text(archive, 512, 512).TrimEnd('\0'));
        Assert.Equal(name[..100], Text(archive, 1024, 100));
        Assert.Equal(Nul(155), Text(archive, 1024 + 345, 155));
    }

    [Fact]
    public void A_cut_name_does_not_end_in_a_slash()
    {
        byte[] archive = TarBytes.Write(File("\u00e9" + new string('p', 99) + "/" + new string('n', 101)));

        Assert.Equal(new string('p', 99) + "\0", Text(archive, 1024, 100));
    }

    [Fact]
    public void Records_are_sorted_by_their_keys()
    {
        byte[] archive = TarBytes.Write(File("\u00e9") with
        {
            Type = EntryType.SymbolicLink,
            LinkText = [.. Encoding.ASCII.GetBytes(new string('l', 101))],
            Uid = 3_000_000,
            Gid = 4_000_000,
            ModifiedTime = new UnixTime(-1),
        });

        Assert.Equal(
            ["gid=4000000", "linkpath=" + new string('l', 101), "mtime=-1", "path=\u00c3\u00a9", "uid=3000000"],
            Text(archive, 512, 512).TrimEnd('\0', '\n').Split('\n').Select(line => line[(line.IndexOf(' ') + 1)..]));
        Assert.Equal("0000000\00000000\0", Text(archive, 1024 + 108, 16));
        Assert.Equal("00000000000\0", Text(archive, 1024 + 136, 12));
    }

    [Theory]
    [InlineData(2097151u, false)]
    [InlineData(2097152u, true)]
    public void An_owner_of_up_to_seven_octal_digits_fits(uint uid, bool pax) =>
        Assert.Equal(pax ? 'x' : '0', (char)TarBytes.Write(File("x") with { Uid = uid })[156]);

    [Fact]
    public void A_size_of_eight_gibibytes_needs_a_record()
    {
        using var archive = new MemoryStream();
        Assert.ThrowsAny<IOException>(() => new TarWriter(archive).Write(File("x") with { Size = 1L << 33 }, Stream.Null, CancellationToken.None));

        Assert.Equal("19 size=8589934592\n", Text(archive.ToArray(), 512, 19));
        Assert.Equal("00000000000\0", Text(archive.ToArray(), 1024 + 124, 12));
    }

    [Fact]
    public void A_file_that_became_shorter_is_an_error() =>
        Assert.Throws<TarException>(() => new TarWriter(Stream.Null).Write(File("x") with { Size = 2 }, new MemoryStream([1]), CancellationToken.None));

    [Fact]
    public void A_file_that_became_longer_keeps_the_size_it_had()
    {
        using var archive = new MemoryStream();
        new TarWriter(archive).Write(File("x") with { Size = 1 }, new MemoryStream([1, 2, 3]), CancellationToken.None);

        Assert.Equal(1024, archive.Length);
        Assert.Equal(0, archive.ToArray()[513]);
    }

    [Fact]
    public void Attributes_stand_in_the_pax_header() =>
        Assert.Equal("40 SCHILY.xattr.security.capability=\0\n\u00ff\n", Text(
            TarBytes.Write(File("x") with { Xattrs = [new ExtendedAttribute("security.capability", [0, 10, 255])] }), 512, 40));

    private static LayerEntry File(string path) => new() { Path = UnixPath.Clean(path), Type = EntryType.File, Mode = 0x1A4, Xattrs = ImmutableArray<ExtendedAttribute>.Empty };

    private static string Nul(int count) => new('\0', count);

    private static string Text(byte[] archive, int start, int length) => Encoding.Latin1.GetString(archive, start, length);

    private static string Checksum(byte[] archive)
    {
        byte[] block = archive[..512];
        block.AsSpan(148, 8).Fill((byte)' ');
        return Convert.ToString(block.Sum(b => b), 8).PadLeft(6, '0') + "\0 ";
    }
}
