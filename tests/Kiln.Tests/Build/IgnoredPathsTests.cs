// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Layers.Deltas;
using Kiln.Linux;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Build;

/// <summary>`--ignore-path`.</summary>
public sealed class IgnoredPathsTests
{
    [Theory]
    [InlineData("/a", "a", true)]
    [InlineData("/a", "a/b/c", true)]
    [InlineData("/a", "ab", false)]
    [InlineData("/a/b/", "a", false)]
    [InlineData("/a/b/", "a/b/c", true)]
    [InlineData("/a/*/c", "a/x/c/d", true)]
    [InlineData("/a/*/c", "a/x/y/c", false)]
    [InlineData("/tmp/key-*", "tmp/key-1/x", true)]
    [InlineData("/a[", "a[/x", true)]
    [InlineData("/a", "", false)]
    public void A_path_is_ignored_with_all_below_it(string ignored, string path, bool expected) =>
        Assert.Equal(expected, new IgnoredPaths(["/other", ignored]).Contains(UnixPath.Clean(path)));

    [Fact]
    public void What_is_ignored_is_neither_put_nor_removed()
    {
        var delta = new LayerDelta();
        delta.Put(File("a/b"));
        delta.Put(File("c"));
        delta.Remove(UnixPath.Clean("a/gone"));
        var ignored = new IgnoredPaths(["/a"]);

        Assert.True(ignored.RemoveFrom(delta));
        Assert.False(ignored.RemoveFrom(delta));
        Assert.Equal(["c"], delta.ToEntries(View(), null).Select(entry => entry.Entry.Path.ToString()));
    }

    /// <summary>The same paths are the same part of a key, however they were written.</summary>
    [Fact]
    public void Its_texts_are_sorted_and_each_once() => Assert.Equal(["a", "b/c"], new IgnoredPaths(["/b//c/", "/a", "/a/."]).Texts);
}
