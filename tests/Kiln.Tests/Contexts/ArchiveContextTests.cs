// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Contexts.Archives;
using Kiln.Diagnostics;
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Tests.Layers;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>An archive as build context.</summary>
public sealed class ArchiveContextTests
{
    [Fact]
    public void Files_are_read_in_place_and_the_last_of_a_name_stands()
    {
        ArchiveContext context = Read(new TarBytes().Add("d/f", "old").Add("d/", type: '5').Add("d/f", "new").Add(".wh.x", "plain"));

        Assert.Equal(".wh.x d", List(context, ""));
        Assert.Equal("f", List(context, "d"));
        Assert.Equal("new", Content(context, "d/f"));
        Assert.Equal("plain", Content(context, ".wh.x"));
        Assert.Equal(7, context.NewestFileTime?.Seconds);
    }

    [Fact]
    public void A_hard_link_is_the_same_file_under_one_more_name()
    {
        ArchiveContext context = Read(new TarBytes().Add("a", "text").Add("b", type: '1', change: block => "a"u8.CopyTo(block.AsSpan(157))));

        Assert.Equal("text", Content(context, "b"));
        Assert.Equal(EntryType.File, context.Find(UnixPath.Clean("b"))?.Type);
        Assert.NotNull(context.FindLinkGroup(UnixPath.Clean("a")));
        Assert.Same(context.FindLinkGroup(UnixPath.Clean("a")), context.FindLinkGroup(UnixPath.Clean("b")));
    }

    [Fact]
    public void What_lies_below_a_link_lies_where_the_link_leads_inside_the_archive()
    {
        ArchiveContext context = Read(new TarBytes()
            .Add("l", type: '2', change: block => "/../../etc"u8.CopyTo(block.AsSpan(157)))
            .Add("l/passwd", "mine"));

        Assert.Equal("etc l", List(context, ""));
        Assert.Equal("mine", Content(context, "etc/passwd"));
    }

    [Fact]
    public void A_name_that_climbs_out_stops_the_build() =>
        Assert.Equal(DiagnosticRules.ArchiveEscapes, Refusal(new TarBytes().Add("a/../../out", "x")).Rule);

    [Fact]
    public void A_link_to_nothing_or_a_file_as_a_directory_is_a_broken_archive()
    {
        Assert.Equal(DiagnosticRules.ArchiveBroken, Refusal(new TarBytes().Add("b", type: '1', change: block => "a"u8.CopyTo(block.AsSpan(157)))).Rule);
        Assert.Equal(DiagnosticRules.ArchiveBroken, Refusal(new TarBytes().Add("a", "x").Add("a/b", "y")).Rule);
        Assert.Equal(DiagnosticRules.ArchiveBroken, Refusal(new TarBytes().Add("a", "x", size: 10_000)).Rule);
    }

    private static Diagnostic Refusal(TarBytes archive) => Assert.Throws<BuildException>(() => Read(archive)).Diagnostic;

    private static ArchiveContext Read(TarBytes archive) =>
        ArchiveContext.Read(new BytesSource(archive.End()), TestContext.Current.CancellationToken);

    private static string List(ISourceTree tree, string path) => string.Join(' ', tree.List(UnixPath.Clean(path)).Select(Encoding.UTF8.GetString));

    private static string Content(ISourceTree tree, string path)
    {
        using var reader = new StreamReader(tree.Open(UnixPath.Clean(path)).Open());
        return reader.ReadToEnd();
    }
}
