// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Tar;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>Extended headers: pax(1), "pax Extended Header".</summary>
public sealed class PaxTests
{
    [Fact]
    public void Records_stand_above_the_header()
    {
        LayerEntry entry = new TarBytes()
            .AddPax(("path", "d/\u00e9"), ("uid", "4000000000"), ("gid", "7"), ("size", "3"), ("mtime", "1.25"), ("comment", "x"))
            .Add("short", "abc", size: 0).ReadOnly().Metadata;

        Assert.Equal("d/\u00e9", entry.Path.ToString());
        Assert.Equal((4000000000u, 7u, 3L, new UnixTime(1, 250_000_000)), (entry.Uid, entry.Gid, entry.Size, entry.ModifiedTime));
    }

    [Fact]
    public void A_link_s_text_may_be_a_record() =>
        Assert.Equal("far", Encoding.ASCII.GetString(new TarBytes().AddPax(("linkpath", "far")).Add("l", type: '2').ReadOnly().Metadata.LinkText.AsSpan()));

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("-1", -1, 0)]
    [InlineData("-1.5", -2, 500_000_000)]
    [InlineData("-0.25", -1, 750_000_000)]
    [InlineData("1700000000.123456789", 1700000000, 123_456_789)]
    [InlineData("1.9999999999", 1, 999_999_999)]
    [InlineData("5.", 5, 0)]
    public void A_time_has_any_number_of_places(string text, long seconds, int nanoseconds) =>
        Assert.Equal(new UnixTime(seconds, nanoseconds), new TarBytes().AddPax(("mtime", text)).Add("x").ReadOnly().Metadata.ModifiedTime);

    [Theory]
    [InlineData("mtime", "noon")]
    [InlineData("mtime", "1.x")]
    [InlineData("mtime", "99999999999999999999")]
    [InlineData("uid", "-1")]
    [InlineData("uid", "5000000000")]
    [InlineData("size", "-1")]
    [InlineData("size", "1x")]
    [InlineData("path", "a\0b")]
    [InlineData("linkpath", "a\0b")]
    public void A_record_that_cannot_be_is_refused(string key, string value) => new TarBytes().AddPax((key, value)).Add("x", type: '2').Refusal();

    [Fact]
    public void An_empty_value_means_what_the_header_says()
    {
        LayerEntry entry = new TarBytes().AddPax(("path", ""), ("mtime", ""), ("uid", "")).Add("name").ReadOnly().Metadata;

        Assert.Equal(("name", new UnixTime(7), 0u), (entry.Path.ToString(), entry.ModifiedTime, entry.Uid));
    }

    [Fact]
    public void Of_two_records_with_one_key_the_last_counts()
    {
        LayerEntry entry = new TarBytes().AddPax(("path", "a"), ("SCHILY.xattr.user.x", "1"), ("path", "b"), ("SCHILY.xattr.user.x", "2")).Add("n").ReadOnly().Metadata;

        Assert.Equal("b", entry.Path.ToString());
        Assert.Equal("2"u8.ToArray(), Assert.Single(entry.Xattrs).Value);
    }

    [Fact]
    public void Attributes_are_bytes_and_sorted()
    {
        LayerEntry entry = new TarBytes().AddPax(("SCHILY.xattr.user.b", "\0\n=\u00ff"), ("SCHILY.xattr.user.a", ""), ("SCHILY.xattr.", "none")).Add("n").ReadOnly().Metadata;

        Assert.Equal(["user.a", "user.b"], entry.Xattrs.Select(a => a.Name));
        Assert.Equal(Encoding.UTF8.GetBytes("\0\n=\u00ff"), entry.Xattrs[1].Value);
    }

    [Fact]
    public void Records_hold_for_one_entry() =>
        Assert.Equal(["a", "next"], TarBytes.Read(new TarBytes().AddPax(("path", "a")).Add("n").Add("next").End()).Select(e => e.Entry.Path.ToString()));

    [Fact]
    public void A_global_header_is_passed_over() =>
        Assert.Equal("n", new TarBytes().Add("pax_global_header", "16 comment=hello", 'g').Add("n").ReadOnly().Path.ToString());

    [Theory]
    [InlineData("x")]
    [InlineData("5 a=b\n")]
    [InlineData("7 a=b\n")]
    [InlineData("-6 a=b\n")]
    [InlineData("99999999999999999999 a=b\n")]
    [InlineData("6 a=b ")]
    [InlineData("5 =b\n")]
    [InlineData("4 a\n")]
    [InlineData(" 6 a=b\n")]
    [InlineData("6a=bc\n")]
    public void A_record_of_a_wrong_shape_is_refused(string records) => new TarBytes().Add("pax", records, 'x').Add("n").Refusal();

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    [InlineData('K')]
    public void A_header_that_claims_to_be_huge_is_refused_before_it_is_read(char type) =>
        Assert.Contains("1 MiB", new TarBytes().Add("x", type: type, size: 7L << 30).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void Lengths_count_themselves()
    {
        foreach (int size in (int[])[0, 1, 3, 4, 5, 87, 88, 89, 985, 986, 987, 988, 9980, 9990])
        {
            var records = new PaxRecords();
            records.Add("path", Encoding.ASCII.GetBytes(new string('v', size)));
            byte[] formatted = records.Format();

            Assert.StartsWith($"{formatted.Length} path=", Encoding.ASCII.GetString(formatted), StringComparison.Ordinal);
        }
    }
}
