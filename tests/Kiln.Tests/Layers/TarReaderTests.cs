// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Tar;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>What an archive's headers mean.</summary>
public sealed class TarReaderTests
{
    [Fact]
    public void A_plain_header_tells_all_there_is()
    {
        (TarEntry entry, byte[] content) = Assert.Single(TarBytes.Read(new TarBytes().Add("dir/file", "hello", change: block =>
        {
            TarBytes.Put(block, 100, "0004755");
            TarBytes.Put(block, 108, "0001750");
            TarBytes.Put(block, 116, "0000144");
        }).End()));

        Assert.Equal("dir/file", entry.Path.ToString());
        Assert.Equal((EntryType.File, 0x9ED, 1000u, 100u, 5L), (entry.Metadata.Type, entry.Metadata.Mode, entry.Metadata.Uid, entry.Metadata.Gid, entry.Metadata.Size));
        Assert.Equal(new UnixTime(7), entry.Metadata.ModifiedTime);
        Assert.Equal("hello"u8.ToArray(), content);
    }

    [Theory]
    [InlineData('0', EntryType.File)]
    [InlineData('\0', EntryType.File)]
    [InlineData('7', EntryType.File)]
    [InlineData('1', EntryType.HardLink)]
    [InlineData('2', EntryType.SymbolicLink)]
    [InlineData('3', EntryType.CharacterDevice)]
    [InlineData('4', EntryType.BlockDevice)]
    [InlineData('5', EntryType.Directory)]
    [InlineData('6', EntryType.Fifo)]
    public void The_type_flag_tells_the_type(char flag, EntryType type) => Assert.Equal(type, new TarBytes().Add("x", type: flag).ReadOnly().Metadata.Type);

    [Fact]
    public void An_unknown_type_is_refused() => Assert.Contains("unknown type `Z`", new TarBytes().Add("x", type: 'Z').Refusal(), StringComparison.Ordinal);

    [Theory]
    [InlineData('0')]
    [InlineData('\0')]
    [InlineData('D')]
    public void A_directory_s_stored_bytes_are_passed_over(char flag)
    {
        var entries = TarBytes.Read(new TarBytes().Add("old/", "Yfile\0Nother\0\0", flag).Add("after", "x").End());

        Assert.Equal([EntryType.Directory, EntryType.File], entries.Select(e => e.Entry.Metadata.Type));
        Assert.Equal(0, entries[0].Entry.Metadata.Size);
        Assert.Empty(entries[0].Content);
        Assert.Equal("after", entries[1].Entry.Path.ToString());
    }

    [Fact]
    public void The_size_of_a_link_says_nothing()
    {
        byte[] archive = new TarBytes().Add("link", type: '1', size: 1024, change: b => TarBytes.Put(b, 157, "x")).Add("after").End();

        Assert.Equal(["link", "after"], TarBytes.Read(archive).Select(e => e.Entry.Path.ToString()));
    }

    [Theory]
    [InlineData("ustar\000", "prefix/name")]
    [InlineData("ustar\0\0\0", "prefix/name")]
    [InlineData("ustar  \0", "name")]
    [InlineData("\0\0\0\0\0\0\0\0", "name")]
    public void Only_ustar_has_a_prefix(string magic, string path) =>
        Assert.Equal(path, new TarBytes().Add("name", change: b =>
        {
            TarBytes.Put(b, 257, magic);
            TarBytes.Put(b, 345, "prefix");
        }).ReadOnly().Path.ToString());

    [Fact]
    public void A_name_may_fill_its_field_to_the_last_byte() =>
        Assert.Equal(256, new TarBytes().Add(new string('n', 100), change: b => TarBytes.Put(b, 345, new string('p', 155))).ReadOnly().Path.Bytes.Length);

    [Fact]
    public void A_name_is_bytes() => Assert.Equal([0xFF, 0x2F, 0x80], new TarBytes().Add("", change: b => TarBytes.Put(b, 0, "\u00ff/\u0080")).ReadOnly().Path.Bytes.ToArray());

    [Theory]
    [InlineData("0000644", 0x1A4)]
    [InlineData("   644 ", 0x1A4)]
    [InlineData("644 \0", 0x1A4)]
    [InlineData("\0000644", 0x1A4)]
    [InlineData("", 0)]
    [InlineData("100644 ", 0x1A4)]
    public void Numbers_are_octal_with_blanks_and_NULs_around(string text, int mode) =>
        Assert.Equal(mode, new TarBytes().Add("x", change: b =>
        {
            b.AsSpan(100, 8).Clear();
            TarBytes.Put(b, 100, text);
        }).ReadOnly().Metadata.Mode);

    [Theory]
    [InlineData("0000689")]
    [InlineData("64 4")]
    [InlineData("-644")]
    public void What_is_no_number_is_refused(string text) =>
        Assert.Contains("mode is no number", new TarBytes().Add("x", change: b => TarBytes.Put(b, 100, text)).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void Base_256_numbers_may_be_large_and_negative()
    {
        LayerEntry entry = new TarBytes().Add("x", change: b =>
        {
            Base256(b.AsSpan(108, 8), 3_000_000_000);
            Base256(b.AsSpan(136, 12), -5);
        }).ReadOnly().Metadata;

        Assert.Equal((3_000_000_000u, new UnixTime(-5)), (entry.Uid, entry.ModifiedTime));
    }

    [Theory]
    [InlineData(9L << 30)]
    [InlineData(long.MaxValue)]
    public void A_size_that_the_archive_does_not_hold_is_found_out_at_its_end(long size)
    {
        var reader = new TarReader(new MemoryStream(new TarBytes().Add("x", "tiny", change: b => Base256(b.AsSpan(124, 12), size)).End()));

        Assert.Equal(size, reader.ReadNext()?.Metadata.Size);
        Assert.Throws<TarException>(() => reader.ReadNext());
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    public void A_negative_size_is_refused(long size) =>
        Assert.Contains("negative size", new TarBytes().Add("x", change: b => Base256(b.AsSpan(124, 12), size)).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void A_number_of_more_than_64_bits_is_refused() =>
        Assert.Contains("size is no number", new TarBytes().Add("x", change: b => b[124] = 0xC0).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void A_negative_owner_is_refused() =>
        Assert.Contains("owner", new TarBytes().Add("x", change: b => Base256(b.AsSpan(108, 8), -1)).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void A_checksum_may_be_of_signed_bytes_as_old_programs_made_it()
    {
        TarBytes archive = new TarBytes().Add("", change: block =>
        {
            TarBytes.Put(block, 0, "\u00e9\u00e9");
            block.AsSpan(148, 8).Fill((byte)' ');
            TarBytes.Put(block, 148, Convert.ToString(block.Sum(b => (sbyte)b), 8).PadLeft(6, '0') + "\0 ");
        });

        Assert.Equal([0xE9, 0xE9], archive.ReadOnly().Path.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public void A_changed_header_is_refused(int place)
    {
        byte[] archive = new TarBytes().Add("x").End();
        archive[place] ^= 1;

        Assert.Contains("checksum", Assert.Throws<TarException>(() => TarBytes.Read(archive)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(513)]
    [InlineData(1000)]
    [InlineData(1500)]
    public void An_archive_that_ends_too_soon_is_refused(int length)
    {
        byte[] archive = new TarBytes().Add("x", new string('c', 600)).End();

        Assert.ThrowsAny<IOException>(() => TarBytes.Read(archive[..length]));
    }

    [Fact]
    public void An_archive_may_end_without_end_blocks_or_be_empty()
    {
        Assert.Single(TarBytes.Read(new TarBytes().Add("x", "content").ToArray()));
        Assert.Empty(TarBytes.Read([]));
    }

    [Fact]
    public void A_stream_is_read_to_its_end_past_the_end_blocks()
    {
        var stream = new MemoryStream([.. new TarBytes().Add("x").End(), .. new byte[9000]]);
        var reader = new TarReader(stream);
        while (reader.ReadNext() is not null)
        {
        }

        Assert.Equal(stream.Length, stream.Position);
    }

    [Fact]
    public void GNU_s_long_names_and_links_belong_to_the_next_entry_alone()
    {
        string name = $"{new string('d', 150)}/{new string('f', 150)}", link = new('l', 300);
        var entries = TarBytes.Read(new TarBytes()
            .Add("././@LongLink", link + "\0", 'K').Add("././@LongLink", name + "\0", 'L').Add("short", type: '2').Add("next").End());

        Assert.Equal([name, "next"], entries.Select(e => e.Entry.Path.ToString()));
        Assert.Equal(link, Encoding.ASCII.GetString(entries[0].Entry.Metadata.LinkText.AsSpan()));
    }

    [Fact]
    public void A_volume_label_is_no_file() => Assert.Equal("x", new TarBytes().Add("label", type: 'V').Add("x").ReadOnly().Path.ToString());

    [Theory]
    [InlineData("/abs/./x", "abs/x", false)]
    [InlineData("a/../../b", "b", true)]
    [InlineData("../x", "x", true)]
    [InlineData("a/../b", "b", false)]
    public void A_name_that_climbs_out_is_told(string name, string path, bool climbs)
    {
        TarEntry entry = new TarBytes().Add(name).ReadOnly();

        Assert.Equal((path, climbs), (entry.Path.ToString(), entry.ClimbsOut));
    }

    [Fact]
    public void A_path_that_no_system_call_would_take_is_refused() =>
        Assert.Contains("4095", new TarBytes().AddPax(("path", string.Join('/', Enumerable.Repeat("d", 2049)))).Add("x").Refusal(), StringComparison.Ordinal);

    [Fact]
    public void A_source_reads_its_entry_again_by_the_offset()
    {
        byte[] archive = new TarBytes().Add("a", "first").AddPax(("path", "long")).Add("b", "second").End();
        var reader = new TarReader(new MemoryStream(archive));
        var offsets = new List<long>();
        for (long at = 0; reader.ReadNext() is not null; at = reader.NextHeaderOffset)
            offsets.Add(at);

        Assert.Equal([0, 1024], offsets);
        using Stream content = new Kiln.Layers.Sources.TarEntrySource(new Kiln.Layers.Sources.BytesSource(archive), offsets[1]).Open();
        Assert.Equal("second", new StreamReader(content).ReadToEnd());
    }

    internal static void Base256(Span<byte> field, long value)
    {
        field.Fill(value < 0 ? (byte)0xFF : (byte)0);
        for (int i = field.Length - 1; i >= 0 && i >= field.Length - 8; i--, value >>= 8)
            field[i] = (byte)value;
        field[0] |= 0x80;
    }
}
