// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Tests.Build;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Layers.Hostile;

/// <summary>What becomes of each archive of <see cref="HostileArchives"/>: nothing outside changes, and the end is the one that the table says.</summary>
public sealed class HostileArchiveTests
{
    public static TheoryData<string> Names => [.. HostileArchives.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void As_a_layer_that_is_listed(string name)
    {
        using var tree = new TempTree();
        HostileArchive archive = HostileArchives.All[name];
        byte[] bytes = archive.Make(OutsideOf(tree));

        Assert.Equal(archive.Layer, Outcome(OutsideOf(tree), () =>
        {
            using Stream plain = Decompression.Open(new MemoryStream(bytes));
            var view = new StackView();
            view.Apply(LayerIndex.Read(plain, TestContext.Current.CancellationToken));
            return List(view);
        }));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void As_a_layer_that_is_unpacked_on_those_below(string name) => AssertUnpacks(name, merged: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void As_a_layer_that_is_unpacked_apart(string name) => AssertUnpacks(name, merged: false);

    [Theory]
    [MemberData(nameof(Names))]
    public void As_an_archive_that_is_added(string name)
    {
        using var tree = new TempTree();
        HostileArchive archive = HostileArchives.All[name];
        byte[] bytes = archive.Make(OutsideOf(tree));
        string before = tree.DescribeOutside();

        Assert.Equal(archive.Added, Outcome(OutsideOf(tree), () => Copies.Add(bytes, tree.Path("."))));
        Assert.Equal(before, tree.DescribeOutside());
    }

    private static void AssertUnpacks(string name, bool merged)
    {
        using var tree = new TempTree();
        HostileArchive archive = HostileArchives.All[name];
        byte[] bytes = archive.Make(OutsideOf(tree));
        string before = tree.DescribeOutside();

        Assert.Equal(archive.Layer, Outcome(OutsideOf(tree), () =>
        {
            var view = new StackView();
            using Stream plain = Decompression.Open(new MemoryStream(bytes));
            using var writer = new TreeWriter(tree.Handle, view, new TreeOptions(OwnerMap.None, merged, ContentOnly: false));
            writer.Write(plain, TestContext.Current.CancellationToken);
            return List(view);
        }));
        Assert.Equal(before, tree.DescribeOutside());
        Assert.DoesNotContain(tree.Handle.ReadEntries(), e => tree.Handle.GetXattrs(e.Name).Any(a => a.Name is "user.overlay.redirect" or "trusted.overlay.opaque"));
    }

    private static string OutsideOf(TempTree tree) => tree.Outside(".").TrimEnd('.', '/');

    private static string List(StackView view) =>
        string.Join(' ', LayerFiles.Walk(view.Root, UnixPath.Root).Select(n => $"{n.Path}{(n.Node.IsDirectory ? "/" : "")}"));

    private static string Outcome(string outside, Func<string> read)
    {
        try
        {
            return Shorten(read(), outside);
        }
        catch (BuildException e)
        {
            return $"refused: {Shorten(e.Diagnostic.Message, outside)}";
        }
        catch (Exception e) when (e is TarException or ArchiveLimitException or InvalidDataException or EndOfStreamException or ErrnoException)
        {
            return $"refused: {Shorten(e.Message, outside)}";
        }
    }

    /// <summary>Names of temporary directories differ from run to run, deep listings are long.</summary>
    private static string Shorten(string text, string outside)
    {
        string name = outside.Trim('/');
        IEnumerable<string> above = Enumerable.Range(0, name.Length).Where(i => name[i] == '/').SelectMany(i => new[] { name[..i] + "/", $"new/{name[..i]}/" });
        text = string.Join(' ', text.Split(' ').Where(word => !above.Contains(word))).Replace(name, "OUTSIDE", StringComparison.Ordinal);
        return text.Length <= 400 ? text : $"{text[..50]}... ({text.Length} characters)";
    }
}
