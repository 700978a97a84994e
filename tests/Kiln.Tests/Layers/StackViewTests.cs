// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Linux;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Layers;

/// <summary>What layers amount to (image-spec, layer.md).</summary>
public sealed class StackViewTests
{
    [Fact]
    public void A_later_layer_adds_and_replaces() =>
        Assert.Equal("a/:0 a/x:0 a/y:1 b:1", List(View([Dir("a"), File("a/x"), File("b")], [File("a/y"), File("b")])));

    [Theory]
    [InlineData("a whiteout", "a/:0 a/x:1 b/:0")]
    [InlineData("a link", "a:1 b/:0 b/y:1")]
    [InlineData("a file", "a/:1 a/y:1 b/:0")]
    public void What_a_directory_was_does_not_count_once_something_else_is_there(string instead, string expected)
    {
        LayerEntry[] second = instead switch
        {
            "a whiteout" => [File("a/x"), File(".wh.a"), File("b/.wh.none")],
            "a link" => [File("a/x"), Link("a", "b"), File("a/y")],
            _ => [File("a/x"), File("a"), File("a/y")],
        };

        Assert.Equal(expected, List(View([Dir("a"), File("a/old"), Dir("b")], second)));
    }

    [Fact]
    public void A_whiteout_takes_away_a_file_and_a_directory_with_all_in_it() =>
        Assert.Equal("c:0", List(View([Dir("a"), File("a/x"), File("b"), File("c")], [File(".wh.a"), File(".wh.b"), File(".wh.none")])));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_whiteout_takes_nothing_of_its_own_layer_wherever_it_stands(bool first)
    {
        LayerEntry whiteout = File(".wh.d"), file = File("d/new");

        Assert.Equal("d/:1 d/new:1", List(View([Dir("d", 0x1C0), File("d/old")], first ? [whiteout, Dir("d"), file] : [Dir("d"), file, whiteout])));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_opaque_mark_hides_what_was_below_wherever_it_stands(bool first)
    {
        LayerEntry mark = File("d/.wh..wh..opq"), file = File("d/sub/new");
        StackView view = View([Dir("d"), File("d/old"), Dir("d/sub"), File("d/sub/old")], first ? [mark, Dir("d/sub"), file] : [Dir("d/sub"), file, mark]);

        Assert.Equal("d/:0 d/sub/:1 d/sub/new:1", List(view));
    }

    [Fact]
    public void An_opaque_mark_in_the_root_hides_everything_older() =>
        Assert.Equal("new:1", List(View([Dir("d"), File("d/old"), File("f")], [File("new"), File(".wh..wh..opq")])));

    [Fact]
    public void An_opaque_mark_below_a_file_means_nothing() => Assert.Equal("f:0", List(View([File("f")], [File("f/.wh..wh..opq")])));

    [Fact]
    public void A_directory_that_is_there_gets_new_metadata_and_keeps_its_content()
    {
        StackView view = View([Dir("d", 0x1C0), File("d/x")], [Dir("d", 0x1FF)]);

        Assert.Equal("d/:1 d/x:0", List(view));
        Assert.Equal(0x1FF, view.Find(UnixPath.Clean("d"))?.Entry.Mode);
    }

    [Fact]
    public void A_file_in_place_of_a_directory_and_a_directory_in_place_of_a_file_begin_anew()
    {
        Assert.Equal("d:1", List(View([Dir("d"), File("d/x")], [File("d")])));
        Assert.Equal("f/:1 f/x:1", List(View([File("f")], [File("f/x")])));
        Assert.Equal("d/:1 d/y:1", List(View([Dir("d"), File("d/x")], [File("d"), File("d/y")])));
    }

    [Fact]
    public void Parents_that_nobody_described_are_plain_directories_of_root()
    {
        LayerEntry? parent = View([File("a/b/c")]).Find(UnixPath.Clean("a/b"))?.Entry;

        Assert.Equal((EntryType.Directory, 0x1ED, 0u, "a/b"), (parent?.Type, parent?.Mode, parent?.Uid, parent?.Path.ToString()));
    }

    [Fact]
    public void Hard_links_are_names_of_one_file_and_outlive_each_other()
    {
        StackView view = View([File("a", 3), Hard("b", "a"), Hard("c", "./b")], [File(".wh.a")]);

        Assert.Equal("b:0 c:0", List(view));
        Assert.Same(view.Find(UnixPath.Clean("b")), view.Find(UnixPath.Clean("c")));
        Assert.Equal("a", view.Find(UnixPath.Clean("c"))?.Entry.Path.ToString());
    }

    [Fact]
    public void A_link_to_nothing_or_to_a_directory_is_nothing() => Assert.Equal("d/:0", List(View([Dir("d"), Hard("a", "d"), Hard("b", "none")])));

    [Theory]
    [InlineData("real")]
    [InlineData("/real")]
    [InlineData("../../real")]
    [InlineData("./x/../real")]
    public void An_entry_below_a_link_of_a_lower_layer_goes_where_the_link_leads_inside_the_root(string text) =>
        Assert.Equal("link:0 real/:0 real/f:1 x/:0", List(View([Dir("x"), Dir("real"), Link("link", text)], [File("link/f")])));

    [Fact]
    public void A_whiteout_below_a_link_takes_away_where_the_link_leads() =>
        Assert.Equal("link:0 real/:0", List(View([Dir("real"), File("real/f"), Link("link", "real")], [File("link/.wh.f")])));

    [Fact]
    public void A_link_that_is_itself_named_is_replaced_and_not_followed() =>
        Assert.Equal("link:1 real/:0", List(View([Dir("real"), Link("link", "real")], [File("link")])));

    [Fact]
    public void The_root_s_own_entry_counts_and_is_no_child()
    {
        StackView view = View([Dir(".", 0x1C0), File("a")]);

        Assert.Equal("a:0", List(view));
        Assert.Equal(0x1C0, view.Root.Entry.Mode);
        Assert.False(view.IsEmpty);
    }

    [Fact]
    public void Names_are_sorted_bytewise() => Assert.Equal("A:0 a:0 a.b:0 ab:0 b:0", List(View([File("b"), File("ab"), File("a.b"), File("a"), File("A")])));

    [Fact]
    public void Links_do_not_lead_deeper_than_a_path_may_be_long()
    {
        string deep = string.Join('/', Enumerable.Repeat("d", 1900));

        Assert.Throws<TarException>(() => View([File(deep + "/f"), Link("l", deep), File("l/" + deep + "/f")]));
    }
}
