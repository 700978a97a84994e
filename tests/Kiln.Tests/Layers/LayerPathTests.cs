// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Linux;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>image-spec, layer.md, "Whiteouts".</summary>
public sealed class LayerPathTests
{
    [Theory]
    [InlineData("a/b", LayerPathKind.Entry, "a/b")]
    [InlineData("a/.wh.b", LayerPathKind.Whiteout, "a/b")]
    [InlineData(".wh.b", LayerPathKind.Whiteout, "b")]
    [InlineData("a/.wh..b", LayerPathKind.Whiteout, "a/.b")]
    [InlineData("a/.wh..wh..opq", LayerPathKind.Opaque, "a")]
    [InlineData(".wh..wh..opq", LayerPathKind.Opaque, "")]
    [InlineData(".whx", LayerPathKind.Entry, ".whx")]
    [InlineData(".wh", LayerPathKind.Entry, ".wh")]
    public void A_name_says_what_it_means(string written, LayerPathKind kind, string subject)
    {
        Assert.Equal(kind, LayerPath.Classify(UnixPath.Clean(written), out UnixPath found));
        Assert.Equal(subject, found.ToString());
    }

    [Theory]
    [InlineData(".wh.")]
    [InlineData("a/.wh..")]
    [InlineData("a/.wh...")]
    [InlineData(".wh..wh.plnk")]
    [InlineData(".wh..wh.plnk/12.34")]
    [InlineData("a/.wh..wh.orph/x/y")]
    [InlineData(".wh..wh.aufs")]
    [InlineData("a/.wh..wh..opqx")]
    public void Reserved_names_and_what_lies_below_them_mean_nothing(string written) =>
        Assert.Equal(LayerPathKind.Ignored, LayerPath.Classify(UnixPath.Clean(written), out _));

    [Fact]
    public void A_whiteout_stands_beside_what_it_takes_away() => Assert.Equal("a/.wh.b", LayerPath.WhiteoutOf(UnixPath.Clean("a/b")).ToString());
}
