// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers.Indexes;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Layers;

/// <summary>path_resolution(7), for a process whose root is the image's.</summary>
public sealed class PathResolutionTests
{
    private static readonly StackView View = View(
    [
        Dir("a/b"), File("a/f"), Link("abs", "/a/b"), Link("rel", "a/b"), Link("a/up", ".."), Link("out", "../../../a"), Link("dangling", "/none/x"),
        Link("self", "self"), Link("one", "two"), Link("two", "one"), Link("chain", "abs"), Link("file", "a/f"), Link("dots", "a/./b/../f"),
    ]);

    [Theory]
    [InlineData("abs", "a/b")]
    [InlineData("/abs/../f", "a/f")]
    [InlineData("rel/x", "a/b/x")]
    [InlineData("a/up/a/f", "a/f")]
    [InlineData("out/f", "a/f")]
    [InlineData("dangling", "none/x")]
    [InlineData("dangling/../y", "none/y")]
    [InlineData("chain/../f", "a/f")]
    [InlineData("dots", "a/f")]
    [InlineData("..", "")]
    [InlineData("/../..//a//.//f", "a/f")]
    [InlineData("not/there", "not/there")]
    [InlineData("", "")]
    public void Links_are_followed_inside_the_root(string path, string target) => Assert.Equal(target, Resolve(path, true));

    [Theory]
    [InlineData("abs", "abs")]
    [InlineData("rel/../file", "a/file")]
    [InlineData("self", "self")]
    [InlineData("abs/", "a/b")]
    public void The_last_link_is_left_alone_where_that_is_wanted_unless_a_slash_follows(string path, string target) => Assert.Equal(target, Resolve(path, false));

    [Theory]
    [InlineData("self")]
    [InlineData("one/x")]
    [InlineData("a/f/x")]
    [InlineData("file/x")]
    [InlineData("a/f/..")]
    public void A_loop_and_a_file_on_the_way_lead_nowhere(string path) => Assert.Null(Resolve(path, true));

    [Fact]
    public void Forty_links_are_followed_and_one_more_is_a_loop()
    {
        StackView chain = LayerFiles.View([File("l0"), .. Enumerable.Range(1, 41).Select(i => Link($"l{i}", $"l{i - 1}"))]);

        Assert.NotNull(PathResolution.Resolve(p => chain.Find(p)?.Entry, "l40"u8, true));
        Assert.Null(PathResolution.Resolve(p => chain.Find(p)?.Entry, "l41"u8, true));
    }

    private static string? Resolve(string path, bool followLast) =>
        PathResolution.Resolve(p => View.Find(p)?.Entry, Encoding.UTF8.GetBytes(path), followLast)?.ToString();
}
