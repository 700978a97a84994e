// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers.Tar;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>Sparse files in GNU's four forms, and what a map may not say (tar manual, "Storing Sparse Files").</summary>
public sealed class SparseTests
{
    private const string Expected = "..ab...c";

    [Fact]
    public void The_old_header_holds_the_map() => Check(OldGnu(8, 3, (2, 2), (7, 1)));

    [Fact]
    public void A_fragment_of_no_bytes_marks_the_end() => Check(OldGnu(8, 3, (2, 2), (7, 1), (8, 0)));

    [Fact]
    public void Format_0_0_repeats_its_keys() => Check(new TarBytes()
        .AddPax(
            ("GNU.sparse.size", "8"), ("GNU.sparse.numblocks", "2"), ("GNU.sparse.offset", "2"), ("GNU.sparse.numbytes", "2"),
            ("GNU.sparse.offset", "7"), ("GNU.sparse.numbytes", "1"))
        .Add("f", "abc"));

    [Fact]
    public void Format_0_1_has_one_list_and_the_real_name() => Check(new TarBytes()
        .AddPax(("GNU.sparse.size", "8"), ("GNU.sparse.numblocks", "2"), ("GNU.sparse.map", "2,2,7,1"), ("GNU.sparse.name", "f"), ("path", "GNUSparseFile.1/f"))
        .Add("f", "abc"));

    [Fact]
    public void Format_1_0_has_the_map_before_the_content() => Check(Format10("2\n2\n2\n7\n1\n", 8));

    [Fact]
    public void What_was_not_read_of_a_sparse_file_is_passed_over()
    {
        var reader = new TarReader(new MemoryStream(Format10("2\n2\n2\n7\n1\n", 8).Add("after", "x").End()));

        Assert.Equal(8, reader.ReadNext()?.Metadata.Size);
        Assert.Equal(0, reader.Content.ReadByte());
        Assert.Equal("after", reader.ReadNext()?.Path.ToString());
        Assert.Equal('x', reader.Content.ReadByte());
    }

    [Theory]
    [InlineData("2,2,3,1")]
    [InlineData("7,1,2,2")]
    [InlineData("2,2,8,1")]
    [InlineData("2,2")]
    [InlineData("2,2,7")]
    [InlineData("2,2,7,2")]
    [InlineData("-2,2,7,1")]
    [InlineData("2,2,9223372036854775807,1")]
    [InlineData("2,9223372036854775807,7,1")]
    [InlineData("2,2,x,1")]
    [InlineData("0,1,0,1,0,1")]
    public void A_map_that_does_not_fit_is_refused(string map) => new TarBytes()
        .AddPax(("GNU.sparse.size", "8"), ("GNU.sparse.map", map)).Add("f", "abc").Refusal();

    [Theory]
    [InlineData("9223372036854775807\n")]
    [InlineData("4611686018427387904\n")]
    [InlineData("-1\n")]
    [InlineData("100000\n")]
    [InlineData("x\n")]
    [InlineData("")]
    [InlineData("2\n2\n2\n7\n")]
    public void A_map_that_lies_about_its_length_is_refused(string map) => Format10(map, 8).Refusal();

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(2L)]
    public void An_old_header_that_lies_about_the_size_is_refused(long realSize) => OldGnu(realSize, 3, (2, 2), (7, 1)).Refusal();

    [Fact]
    public void A_sparse_file_of_nothing_but_a_hole_takes_no_memory()
    {
        var reader = new TarReader(new MemoryStream(new TarBytes()
            .AddPax(("GNU.sparse.size", "9000000000000000000"), ("GNU.sparse.map", "9000000000000000000,0")).Add("f").End()));

        Assert.Equal(9_000_000_000_000_000_000, reader.ReadNext()?.Metadata.Size);
        Assert.Equal(100, reader.Content.Read(new byte[100]));
        Assert.Null(reader.ReadNext());
    }

    private static void Check(TarBytes archive)
    {
        (TarEntry entry, byte[] content) = TarBytes.Read(archive.Add("after").End())[0];

        Assert.Equal("f", entry.Path.ToString());
        Assert.Equal(8, entry.Metadata.Size);
        Assert.Equal(Expected, Encoding.ASCII.GetString(content).Replace('\0', '.'));
    }

    private static TarBytes OldGnu(long realSize, int stored, params (int Offset, int Length)[] fragments) => new TarBytes().Add("f", "abc"[..stored], 'S', block =>
    {
        TarBytes.Put(block, 257, "ustar  \0");
        for (int i = 0; i < fragments.Length; i++)
        {
            TarBytes.Put(block, 386 + (24 * i), Convert.ToString(fragments[i].Offset, 8).PadLeft(11, '0'));
            TarBytes.Put(block, 398 + (24 * i), Convert.ToString(fragments[i].Length, 8).PadLeft(11, '0'));
        }
        TarReaderTests.Base256(block.AsSpan(483, 12), realSize);
    });

    private static TarBytes Format10(string map, long realSize) => new TarBytes()
        .AddPax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "f"), ("GNU.sparse.realsize", $"{realSize}"))
        .Add("GNUSparseFile.0/f", map.PadRight(512, '\0') + "abc");
}
