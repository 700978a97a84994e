// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Layers.Hostile;

/// <summary>Layers that mean harm write nothing outside of their tree, and end in a file or in an error that is told.</summary>
public sealed class HostileLayerTests
{
    public static TheoryData<string, bool> Layers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string name in Archives.Keys)
            {
                data.Add(name, true);
                data.Add(name, false);
            }
            return data;
        }
    }

    private static Dictionary<string, Func<string, TarBytes>> Archives { get; } = new()
    {
        ["names that climb out"] = _ => new TarBytes().Add("../out/secret", "x").Add("../../out/new", "x").Add("a/../../out/secret", "x"),
        ["an absolute name"] = outside => new TarBytes().AddPax(("path", outside + "/secret")).Add("x", "x"),
        ["a whiteout that climbs out"] = _ => new TarBytes().Add("../out/.wh.secret").Add("../.wh.out").Add("../out/.wh..wh..opq"),
        ["an entry through a link"] = outside => LinkTo("l", outside).Add("l/secret", "x").Add("l/new", "x").Add("l/.wh.secret").Add("l/.wh..wh..opq"),
        ["an entry through a link that climbs"] = _ => LinkTo("a/b/l", "../../../../out").Add("a/b/l/secret", "x"),
        ["an entry in place of a link"] = outside => LinkTo("l", outside + "/secret").Add("l", "x"),
        ["a directory in place of a link"] = outside => LinkTo("l", outside).Add("l/", type: '5', change: b => TarBytes.Put(b, 100, "0000777")),
        ["a hard link out"] = outside => Hard("h", outside + "/secret").Add("h", "x"),
        ["a hard link that climbs out"] = _ => Hard("h", "../out/secret").Add("h", "x"),
        ["a hard link through a link"] = outside => Hard("h", "l/secret", LinkTo("l", outside)).Add("h", "x"),
        ["a loop"] = _ => LinkTo("one", "two", LinkTo("two", "one")).Add("one/x", "x").Add("one/y/z", "x"),
        ["a hard link to itself"] = _ => Hard("h", "h", new TarBytes().Add("h", "x")),
        ["a hard link to its directory"] = _ => Hard("d/h", "d", new TarBytes().Add("d/", type: '5')),
        ["a hard link in place of its directory"] = _ => Hard("d", "d/f", new TarBytes().Add("d/f", "x")),
        ["a file below a file"] = _ => new TarBytes().Add("f", "x").Add("f/g", "x").Add("f/g/h", "x"),
        ["a path that changes its type"] = outside => LinkTo("d", outside, new TarBytes().Add("d/f", "x")).Add("d/secret", "x"),
        ["the root as a file"] = _ => new TarBytes().Add("/", "x", '1').Add(".", "x").Add("..", type: '2'),
        ["names that are whiteouts of nothing"] = _ => new TarBytes().Add(".wh.").Add(".wh..").Add(".wh...").Add("a/.wh...").Add(".wh..wh.x/../secret"),
        ["a name too long for the disk"] = _ => new TarBytes().AddPax(("path", new string('n', 300))).Add("x", "x"),
        ["overlay's attributes"] = _ => new TarBytes()
            .AddPax(("SCHILY.xattr.user.overlay.redirect", "/../out"), ("SCHILY.xattr.trusted.overlay.opaque", "y")).Add("d/", type: '5').Add("d/f", "x"),
        ["an attribute nobody can have"] = _ => new TarBytes().AddPax(("SCHILY.xattr.nonsense", "x"), ("SCHILY.xattr.user.", "x")).Add("f", "x"),
        ["a device that would be a whiteout"] = _ => new TarBytes().Add("w", type: '3'),
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Nothing_outside_is_touched(string name, bool merged)
    {
        using var tree = new TempTree();
        string before = tree.DescribeOutside();
        byte[] archive = Archives[name](tree.Outside(".").TrimEnd('.', '/')).End();
        try
        {
            using var writer = new TreeWriter(tree.Handle, new StackView(), new TreeOptions(OwnerMap.None, merged, ContentOnly: false));
            writer.Write(new MemoryStream(archive), CancellationToken.None);
        }
        catch (Exception e) when (e is TarException or ErrnoException)
        {
        }

        Assert.Equal(before, tree.DescribeOutside());
        Assert.DoesNotContain(tree.Handle.ReadEntries(), e => tree.Handle.GetXattrs(e.Name).Any(a => a.Name is "user.overlay.redirect" or "trusted.overlay.opaque"));
    }

    [Fact]
    public void A_hard_link_into_another_layer_is_refused_where_the_layers_are_apart()
    {
        using var tree = new TempTree();
        StackView view = LayerFiles.View([LayerFiles.File("f")]);
        using var writer = new TreeWriter(tree.Handle, view, new TreeOptions(OwnerMap.None, Merged: false, ContentOnly: false));

        Assert.Throws<TarException>(() => writer.Write(new MemoryStream(Hard("h", "f").End()), CancellationToken.None));
    }

    [Fact]
    public void A_step_that_nests_directories_deeper_than_a_path_is_long_is_refused()
    {
        using var tree = new TempTree();
        tree.Handle.MakeDirectory("d"u8, 0x1ED);
        DirectoryHandle at = tree.Handle.OpenDirectory(UnixPath.Clean("d"));
        for (int i = 0; i < 3000; i++)
        {
            at.MakeDirectory("d"u8, 0x1ED);
            DirectoryHandle next = at.OpenDirectory(UnixPath.Clean("d"));
            at.Dispose();
            at = next;
        }
        at.Dispose();
        using var trees = StackTrees.OfLayers([]);

        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<ErrnoException>(
            () => new UpperScan(tree.Handle, new StackView(), trees, OwnerMap.None).Run(CancellationToken.None)).Error);
    }

    [Fact]
    public void A_file_that_became_a_link_before_it_was_written_is_not_followed()
    {
        using var tree = new TempTree();
        tree.AddLink("f", tree.Outside("secret"));

        Assert.Equal(Errno.ELOOP, Assert.Throws<ErrnoException>(() => new FileSource(tree.Handle, UnixPath.Clean("f")).Open()).Error);
    }

    private static TarBytes LinkTo(string name, string target, TarBytes? before = null) => (before ?? new TarBytes()).AddPax(("linkpath", target)).Add(name, type: '2');

    private static TarBytes Hard(string name, string target, TarBytes? before = null) => (before ?? new TarBytes()).AddPax(("linkpath", target)).Add(name, type: '1');
}
