// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Contexts;
using Kiln.Layers;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Contexts;

/// <summary>A directory as build context.</summary>
public sealed class DirectoryContextTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Files_are_root_s_and_otherwise_as_they_are_on_disk()
    {
        _tree.Add("d/f", "12345");
        _tree.Handle.OpenDirectory(UnixPath.Clean("d")).SetMode("f"u8, 0x9A4);
        _tree.Handle.OpenDirectory(UnixPath.Clean("d")).SetModifiedTime("f"u8, new UnixTime(5, 6));
        LayerEntry? entry = Context().Find(UnixPath.Clean("d/f"));

        Assert.Equal(
            ("d/f", EntryType.File, 0x9A4, 0u, 0u, 5L, new UnixTime(5, 6)),
            (entry?.Path.ToString(), entry?.Type, entry?.Mode, entry?.Uid, entry?.Gid, entry?.Size, entry?.ModifiedTime));
        using var content = new StreamReader(Context().Open(UnixPath.Clean("d/f")).Open());
        Assert.Equal("12345", content.ReadToEnd());
    }

    [Fact]
    public void Names_are_listed_bytewise_sorted()
    {
        foreach (string name in (string[])["b", "a", "B", "a.b", "\u00e9"])
            _tree.Add(name);

        Assert.Equal("B a a.b b \u00e9", List(Context(), ""));
    }

    [Fact]
    public void A_link_is_a_link_and_what_lies_behind_it_is_not_found_under_its_name()
    {
        _tree.Add("real/f").AddLink("l", "real").AddLink("out", _tree.Outside(".")).AddLink("up", "../out");

        Assert.Equal("real", Encoding.UTF8.GetString(Context().Find(UnixPath.Clean("l"))!.LinkText.AsSpan()));
        foreach (string path in (string[])["l/f", "out/secret", "up/secret", "none", "real/f/x"])
            Assert.Null(Context().Find(UnixPath.Clean(path)));
        Assert.Throws<ErrnoException>(() => Context().List(UnixPath.Clean("out")));
        Assert.Throws<ErrnoException>(() => Context().Open(UnixPath.Clean("out/secret")).Open());
    }

    [Fact]
    public void The_root_is_a_directory() => Assert.Equal(EntryType.Directory, Context().Find(UnixPath.Root)?.Type);

    [Fact]
    public void Two_names_of_a_file_are_one_group_and_one_name_is_none()
    {
        _tree.Add("a").Add("c");
        _tree.Handle.MakeHardLink("b"u8, _tree.Handle, "a"u8);

        Assert.NotNull(Context().FindLinkGroup(UnixPath.Clean("a")));
        Assert.Equal(Context().FindLinkGroup(UnixPath.Clean("a")), Context().FindLinkGroup(UnixPath.Clean("b")));
        Assert.Null(Context().FindLinkGroup(UnixPath.Clean("c")));
        Assert.Null(Context().FindLinkGroup(UnixPath.Root));
    }

    [Fact]
    public void A_pipe_is_a_pipe_and_never_opened()
    {
        _tree.Handle.MakeNode("p"u8, FileType.Fifo, 0x1A4, default);

        Assert.Equal(EntryType.Fifo, Context().Find(UnixPath.Clean("p"))?.Type);
        Assert.Equal(Errno.ENXIO, Assert.Throws<ErrnoException>(() => Context().Open(UnixPath.Clean("p")).Open()).Error);
    }

    [Fact]
    public void What_is_excluded_is_neither_found_nor_listed()
    {
        _tree.Add("keep").Add("drop").Add("dir/drop").Add("dir/keep");
        DirectoryContext context = Context("drop", "dir/drop");

        Assert.Null(context.Find(UnixPath.Clean("drop")));
        Assert.Equal(("dir keep", "keep"), (List(context, ""), List(context, "dir")));
    }

    [Fact]
    public void An_excluded_directory_shows_where_something_below_it_is_kept()
    {
        _tree.Add("with/sub/keep").Add("with/drop").Add("without/drop");
        DirectoryContext context = Context("with", "with/sub", "with/drop", "without", "without/drop");

        Assert.Equal(("with", "sub", "keep"), (List(context, ""), List(context, "with"), List(context, "with/sub")));
        Assert.NotNull(context.Find(UnixPath.Clean("with")));
        Assert.Null(context.Find(UnixPath.Clean("without")));
    }

    private DirectoryContext Context(params string[] excluded) =>
        new(DirectoryHandle.Open(_tree.Path(".")), excluded.Length == 0 ? null : new ListFilter(excluded));

    private static string List(DirectoryContext context, string directory) =>
        string.Join(' ', context.List(UnixPath.Clean(directory)).Select(Encoding.UTF8.GetString));

    /// <summary>Leaves out the paths that it was given and nothing else.</summary>
    private sealed class ListFilter(string[] excluded) : IContextFilter
    {
        public bool IsExcluded(UnixPath path) => excluded.Contains(path.ToString());

        public bool MayRevealBelow(UnixPath directory) => true;
    }
}
