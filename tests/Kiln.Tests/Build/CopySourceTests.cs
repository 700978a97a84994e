// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Xunit;
using static Kiln.Tests.Build.Copies;

namespace Kiln.Tests.Build;

public sealed class CopySourceTests
{
    private static readonly MemoryTree Source = new MemoryTree()
        .File("one.txt", "1").File("two.txt", "2").File("three.md", "3")
        .File("da/x", "X").File("db/y", "Y").Link("dlink", "da").Link("flink", "one.txt").Link("da/inside", "../one.txt");

    [Theory]
    [InlineData("absent")]
    [InlineData("da/absent")]
    [InlineData("one.txt/below")]
    [InlineData("absent/*.txt")]
    public void A_source_that_is_not_there_is_named(string path) =>
        Assert.Equal($"\"/{path}\": not found", Refusal(() => CopyToNew(path)));

    [Fact]
    public void A_wildcard_takes_what_it_matches_in_order() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/one.txt 600 0:0 @5 \"1\"\nnew/two.txt 600 0:0 @5 \"2\"", CopyToNew("*.txt"));

    [Fact]
    public void A_wildcard_that_matches_nothing_makes_nothing() => Assert.Equal("", CopyToNew("*.none"));

    [Theory]
    [InlineData("[")]
    [InlineData("a[b-")]
    public void A_malformed_wildcard_matches_nothing(string pattern) => Assert.Equal("", CopyToNew(pattern));

    [Fact]
    public void Directories_that_a_wildcard_matches_are_merged() =>
        Assert.Equal(
            "new/ 755 0:0 @5\nnew/inside 777 0:0 @5 -> ../one.txt\nnew/x 600 0:0 @5 \"X\"\nnew/y 600 0:0 @5 \"Y\"", CopyToNew("d[ab]"));

    [Fact]
    public void A_double_star_is_one_star() => Assert.Equal("new/ 755 0:0 @100\nnew/three.md 600 0:0 @5 \"3\"", CopyToNew("**.md"));

    [Theory]
    [InlineData("/one.txt")]
    [InlineData("../../one.txt")]
    [InlineData("./da/../one.txt")]
    public void A_path_starts_at_the_source_s_root_and_stays_in_it(string path) =>
        Assert.Equal("new/ 755 0:0 @100\nnew/one.txt 600 0:0 @5 \"1\"", CopyToNew(path));

    [Fact]
    public void A_named_link_is_followed_and_gives_the_name() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/flink 600 0:0 @5 \"1\"", CopyToNew("flink"));

    [Fact]
    public void A_link_in_the_middle_is_followed() => Assert.Equal("new/ 755 0:0 @100\nnew/x 600 0:0 @5 \"X\"", CopyToNew("dlink/x"));

    [Fact]
    public void A_link_in_a_directory_stays_a_link() =>
        Assert.Contains("new/inside 777 0:0 @5 -> ../one.txt", CopyToNew("dlink"), StringComparison.Ordinal);

    [Fact]
    public void Excludes_hold_below_the_source_directory() =>
        Assert.Equal("new/ 755 0:0 @5\nnew/keep 600 0:0 @5 \"\"", Copy(new StackView(), To("/new/").Excluding("x", "sub"), Tree("d/x", "d/keep", "d/sub/z"), "d"));

    [Fact]
    public void A_file_that_is_named_is_never_excluded() =>
        Assert.Equal("new/ 755 0:0 @100\nnew/x 600 0:0 @5 \"\"", Copy(new StackView(), To("/new/").Excluding("x", "*"), Tree("d/x"), "d/x"));

    [Fact]
    public void An_excluded_directory_is_made_only_for_an_exception_below_it()
    {
        MemoryTree tree = Tree("d/sub/kept", "d/sub/gone", "d/other/gone");

        Assert.Equal(
            "new/ 755 0:0 @5\nnew/sub/ 700 0:0 @5\nnew/sub/kept 600 0:0 @5 \"\"",
            Copy(new StackView(), To("/new/").Excluding("*", "!sub/kept"), tree, "d"));
    }

    private static MemoryTree Tree(params string[] files)
    {
        var tree = new MemoryTree();
        foreach (string file in files)
            tree.File(file);
        return tree;
    }

    private static string CopyToNew(params string[] paths) => Copy(new StackView(), To("/new/"), Source, paths);
}
