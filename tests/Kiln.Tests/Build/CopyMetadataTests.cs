// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers.Indexes;
using Xunit;
using static Kiln.Tests.Build.Copies;

namespace Kiln.Tests.Build;

public sealed class CopyMetadataTests
{
    private static readonly MemoryTree Source = new MemoryTree().Dir("d", 0x1E8, owner: 3).Dir("d/sub", 0x1E8, owner: 3).File("d/sub/x", "X", 0x9ED, owner: 3);

    [Fact]
    public void An_existing_destination_directory_takes_the_source_s_time_and_nothing_else() =>
        Assert.StartsWith("srv/ 711 7:7 @5\n", Copy(Stage, To("/srv"), Source, "d"), StringComparison.Ordinal);

    [Fact]
    public void A_new_destination_directory_has_0755_and_not_the_source_s_mode() =>
        Assert.StartsWith("new/ 755 0:0 @5\n", Copy(Stage, To("/new"), Source, "d"), StringComparison.Ordinal);

    [Fact]
    public void A_directory_below_is_overwritten_with_the_source_s_mode_and_owner() =>
        Assert.Equal("srv/ 711 7:7 @5\nsrv/sub/ 750 3:3 @5\nsrv/sub/x 4755 3:3 @5 \"X\"", Copy(Stage, To("/srv"), Source, "d"));

    [Fact]
    public void Chown_holds_for_what_is_copied_and_what_is_made_on_the_way() =>
        Assert.Equal(
            "p/ 755 1:2 @100\np/new/ 755 1:2 @5\np/new/sub/ 750 1:2 @5\np/new/sub/x 4755 1:2 @5 \"X\"",
            Copy(Stage, To("/p/new") with { Owner = (1, 2) }, Source, "d"));

    [Fact]
    public void Chown_leaves_an_existing_destination_directory_alone() =>
        Assert.StartsWith("srv/ 711 7:7 @5\n", Copy(Stage, To("/srv") with { Owner = (1, 2) }, Source, "d"), StringComparison.Ordinal);

    [Fact]
    public void An_octal_mode_holds_for_directories_too() =>
        Assert.Equal("new/ 755 0:0 @5\nnew/sub/ 644 3:3 @5\nnew/sub/x 644 3:3 @5 \"X\"", Copy(Stage, To("/new").WithMode("0644"), Source, "d"));

    [Fact]
    public void A_symbolic_mode_starts_from_each_source_s_mode() =>
        Assert.Equal(
            "new/ 755 0:0 @5\nnew/sub/ 755 3:3 @5\nnew/sub/x 4755 3:3 @5 \"X\"", Copy(Stage, To("/new").WithMode("o=rX"), Source, "d"));

    [Fact]
    public void A_link_is_owned_as_asked_and_keeps_its_mode() =>
        Assert.Equal(
            "new/ 755 1:1 @5\nnew/l 777 1:1 @5 -> x",
            Copy(Stage, (To("/new") with { Owner = (1, 1) }).WithMode("0600"), new MemoryTree().Link("d/l", "x"), "d"));

    [Fact]
    public void Names_of_one_file_stay_names_of_one_file()
    {
        object group = new();
        MemoryTree tree = new MemoryTree().File("d/first", "T", linkGroup: group).File("d/second", "T", linkGroup: group);

        Assert.Equal(
            "new/ 755 0:0 @5\nnew/first 600 0:0 @5 \"T\"\nnew/second 600 0:0 @5 = new/first", Copy(new StackView(), To("/new"), tree, "d"));
    }

    [Fact]
    public void Names_that_are_copied_apart_are_files_apart()
    {
        object group = new();
        MemoryTree tree = new MemoryTree().File("first", "T", linkGroup: group).File("second", "T", linkGroup: group);

        Assert.Equal(
            "new/ 755 0:0 @100\nnew/first 600 0:0 @5 \"T\"\nnew/second 600 0:0 @5 \"T\"", Copy(new StackView(), To("/new/"), tree, "first", "second"));
    }

    [Theory]
    [InlineData(null, "note 644 0:0 @100 \"text\"")]
    [InlineData("0751", "note 751 0:0 @100 \"text\"")]
    [InlineData("u+x", "note 744 0:0 @100 \"text\"")]
    public void A_heredoc_is_a_file_of_0644_unless_told_otherwise(string? mode, string expected) =>
        Assert.Equal(
            expected,
            Run(new StackView(), mode is null ? To("/") : To("/").WithMode(mode), copy => copy.CopyBytes("note", Encoding.UTF8.GetBytes("text"))));
}
