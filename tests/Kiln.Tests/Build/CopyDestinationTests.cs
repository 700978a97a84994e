// SPDX-License-Identifier: Apache-2.0
using Xunit;
using static Kiln.Tests.Build.Copies;

namespace Kiln.Tests.Build;

public sealed class CopyDestinationTests
{
    private static readonly MemoryTree Source = new MemoryTree().File("a", "A").File("b", "B").File("d/x", "X").File("d/deep/y", "Y");

    [Fact]
    public void A_destination_with_a_slash_takes_a_file_inside() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/a 600 0:0 @5 \"A\"", Copy(Stage, To("/new/"), Source, "a"));

    [Fact]
    public void A_destination_without_a_slash_becomes_the_file() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/name 600 0:0 @5 \"A\"", Copy(Stage, To("/new/name"), Source, "a"));

    [Fact]
    public void An_existing_directory_takes_a_file_inside_also_without_a_slash() =>
        Assert.Equal("srv/ 711 7:7 @0\nsrv/a 600 0:0 @5 \"A\"", Copy(Stage, To("/srv"), Source, "a"));

    [Fact]
    public void An_existing_file_is_replaced() =>
        Assert.Equal("srv/ 711 7:7 @0\nsrv/file 600 0:0 @5 \"A\"", Copy(Stage, To("/srv/file"), Source, "a"));

    [Fact]
    public void A_file_is_no_directory_because_of_a_slash() =>
        Assert.Equal("mkdir `/srv/file`: not a directory", Refusal(() => Copy(Stage, To("/srv/file/"), Source, "a")));

    [Fact]
    public void A_directory_does_not_replace_a_file() =>
        Assert.Equal("cannot copy to non-directory: `/srv/file`", Refusal(() => Copy(Stage, To("/srv/file"), Source, "d")));

    [Fact]
    public void A_file_does_not_replace_a_directory_below_the_destination() =>
        Assert.Equal(
            "cannot replace to directory `/srv/sub` with file", Refusal(() => Copy(Stage, To("/srv"), new MemoryTree().File("d/sub"), "d")));

    [Fact]
    public void A_directory_does_not_replace_a_link_below_the_destination() =>
        Assert.Equal("cannot copy to non-directory: `/srv/inner`", Refusal(() => Copy(Stage, To("/srv"), new MemoryTree().File("d/inner/z"), "d")));

    [Fact]
    public void Of_several_files_for_one_name_the_last_stays() =>
        Assert.Equal("name 600 0:0 @5 \"B\"", Copy(Stage, To("/name"), Source, "a", "b"));

    [Fact]
    public void The_content_of_a_directory_is_copied_and_not_the_directory() =>
        Assert.Equal(
            "new/ 755 0:0 @5\nnew/deep/ 700 0:0 @5\nnew/deep/y 600 0:0 @5 \"Y\"\nnew/x 600 0:0 @5 \"X\"", Copy(Stage, To("/new"), Source, "d"));

    [Fact]
    public void A_link_to_a_directory_is_followed() =>
        Assert.Equal("srv/ 711 7:7 @0\nsrv/a 600 0:0 @5 \"A\"", Copy(Stage, To("/to-srv/"), Source, "a"));

    [Fact]
    public void A_link_to_a_file_leads_to_the_file_that_is_replaced() =>
        Assert.Equal("srv/ 711 7:7 @0\nsrv/file 600 0:0 @5 \"A\"", Copy(Stage, To("/to-file"), Source, "a"));

    [Fact]
    public void A_link_to_nothing_says_where_the_file_is_made() =>
        Assert.Equal("srv/ 711 7:7 @0\nsrv/new 600 0:0 @5 \"A\"", Copy(Stage, To("/to-nothing"), Source, "a"));

    [Fact]
    public void A_link_below_the_destination_is_replaced_and_not_followed() =>
        Assert.Equal(
            "srv/ 711 7:7 @5\nsrv/inner 600 0:0 @5 \"I\"", Copy(Stage, To("/srv"), new MemoryTree().File("d/inner", "I"), "d"));

    [Fact]
    public void Linked_copies_see_nothing_of_the_stage() =>
        Assert.Equal("to-srv/ 755 0:0 @100\nto-srv/a 600 0:0 @5 \"A\"", Copy(Stage, To("/to-srv/") with { Link = true }, Source, "a"));

    [Fact]
    public void A_linked_copy_without_a_slash_is_a_file_even_where_the_stage_has_a_directory() =>
        Assert.Equal("srv 600 0:0 @5 \"A\"", Copy(Stage, To("/srv") with { Link = true }, Source, "a"));

    [Fact]
    public void The_root_takes_files_and_is_not_in_the_layer_itself() =>
        Assert.Equal("x 600 0:0 @5 \"X\"", Copy(Stage, To("/"), new MemoryTree().File("d/x", "X"), "d"));
}
