// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;

namespace Kiln.Tests.LinuxFiles;

/// <summary>Files below an open directory.</summary>
public sealed class DirectoryHandleTests : IDisposable
{
    private readonly TempTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Names_of_any_bytes_are_made_listed_and_removed()
    {
        byte[][] names = [[0xFF, 0xFE], "\n"u8.ToArray(), " "u8.ToArray(), "..."u8.ToArray(), "\u00e9"u8.ToArray(), Enumerable.Repeat((byte)'n', 255).ToArray()];
        foreach (byte[] name in names)
            _tree.Handle.MakeDirectory(name, 0x1ED);

        Assert.Equal(names.Select(Convert.ToHexString).Order(), _tree.Handle.ReadEntries().Select(e => Convert.ToHexString(e.Name)).Order());
        foreach (byte[] name in names)
            _tree.Handle.RemoveDirectory(name);
        Assert.Empty(_tree.Handle.ReadEntries());
    }

    [Fact]
    public void A_large_directory_is_listed_whole_and_twice()
    {
        for (int i = 0; i < 2000; i++)
            _tree.Add($"{i:D200}");

        Assert.Equal(2000, _tree.Handle.ReadEntries().Select(e => Encoding.ASCII.GetString(e.Name)).Distinct().Count());
        Assert.Equal(2000, _tree.Handle.ReadEntries().Count);
    }

    [Fact]
    public void A_status_tells_type_mode_size_time_and_links()
    {
        _tree.Add("f", "12345");
        _tree.Handle.SetMode("f"u8, 0x9A4);
        _tree.Handle.SetModifiedTime("f"u8, new UnixTime(-5, 123_456_789));
        _tree.Handle.MakeHardLink("g"u8, _tree.Handle, "f"u8);
        FileStatus status = _tree.Handle.GetStatus(UnixPath.Clean("f"));

        Assert.Equal((FileType.File, 0x9A4, 5L, new UnixTime(-5, 123_456_789), 2u), (status.Type, status.Mode, status.Size, status.ModifiedTime, status.LinkCount));
        Assert.Equal(status.Inode, _tree.Handle.FindStatus("g"u8)?.Inode);
    }

    [Fact]
    public void What_is_not_there_has_no_status()
    {
        _tree.Add("f").Add("d/g").AddLink("l", "d");

        Assert.Null(_tree.Handle.FindStatus("none"u8));
        Assert.Null(_tree.Handle.FindStatus(UnixPath.Clean("l/g")));
        Assert.Null(_tree.Handle.FindStatus(UnixPath.Clean("none/x")));
        Assert.Null(_tree.Handle.FindStatus(UnixPath.Clean("f/x")));
        Assert.Null(_tree.Handle.FindDirectory(UnixPath.Clean("f")));
        Assert.Equal(FileType.Directory, _tree.Handle.FindStatus(UnixPath.Root)?.Type);
    }

    [Fact]
    public void A_link_is_described_and_read_and_not_followed()
    {
        _tree.AddLink("l", "\u00e9/../none");

        Assert.Equal(FileType.SymbolicLink, _tree.Handle.FindStatus(UnixPath.Clean("l"))?.Type);
        Assert.Equal("\u00e9/../none", Encoding.UTF8.GetString(_tree.Handle.ReadLink("l"u8)));
    }

    [Fact]
    public void A_link_of_the_longest_text_is_read_whole()
    {
        byte[] text = Enumerable.Repeat((byte)'x', 4095).ToArray();
        _tree.Handle.MakeSymbolicLink("l"u8, text);

        Assert.Equal(text, _tree.Handle.ReadLink("l"u8));
    }

    [Fact]
    public void Nothing_is_reached_through_a_link_inside_or_out()
    {
        _tree.Add("dir/f").AddLink("in", "dir").AddLink("out", _tree.Outside(".")).AddLink("up", "..").AddLink("file", _tree.Outside("secret"));

        foreach (string path in (string[])["in/f", "out/secret", "up/out/secret", "file"])
        {
            Assert.Equal(Errno.ELOOP, Assert.Throws<ErrnoException>(() => _tree.Handle.OpenFile(UnixPath.Clean(path)).Dispose()).Error);
            Assert.ThrowsAny<ErrnoException>(() => _tree.Handle.CreateFile(UnixPath.Clean(path), 0x1A4).Dispose());
        }
        foreach (string path in (string[])["in", "out", "up"])
            Assert.Null(_tree.Handle.FindDirectory(UnixPath.Clean(path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../out/secret")]
    [InlineData("a\0b")]
    public void A_name_is_one_component(string text)
    {
        byte[] name = Encoding.UTF8.GetBytes(text);
        DirectoryHandle handle = _tree.Handle;
        Action[] calls =
        [
            () => handle.MakeDirectory(name, 0x1ED), () => handle.Unlink(name), () => handle.RemoveTree(name), () => handle.SetMode(name, 0),
            () => handle.SetOwner(name, 0, 0), () => handle.SetModifiedTime(name, default), () => handle.MakeNode(name, FileType.Fifo, 0, default),
            () => handle.MakeSymbolicLink(name, "x"u8), () => handle.ReadLink(name), () => handle.FindStatus(name), () => handle.GetXattrs(name),
            () => handle.SetXattr(name, new ExtendedAttribute("user.x", [])), () => handle.MakeHardLink("x"u8, handle, name), () => handle.RemoveDirectory(name),
        ];

        Assert.All(calls, call => Assert.Equal(Errno.EINVAL, Assert.Throws<ErrnoException>(call).Error));
    }

    [Fact]
    public void The_mode_of_what_a_link_leads_to_is_not_changed()
    {
        _tree.AddLink("l", _tree.Outside("secret"));
        string before = _tree.DescribeOutside();

        Assert.Throws<ErrnoException>(() => _tree.Handle.SetMode("l"u8, 0x1FF));
        _tree.Handle.SetModifiedTime("l"u8, new UnixTime(1));
        Assert.Equal(before, _tree.DescribeOutside());
        Assert.NotEqual(DateTime.UnixEpoch.AddSeconds(1), File.GetLastWriteTimeUtc(_tree.Outside("secret")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tree_is_removed_with_all_in_it_and_nothing_that_its_links_lead_to(bool large)
    {
        _tree.Add("t/a/b/f").Add("t/locked/f").AddLink("t/out", _tree.Outside(".")).AddLink("t/a/file", _tree.Outside("secret"));
        _tree.Handle.OpenDirectory(UnixPath.Clean("t")).SetMode("locked"u8, 0);
        string before = _tree.DescribeOutside();

        Remove("t"u8, large);
        Remove("t"u8, large);
        Assert.Empty(_tree.Handle.ReadEntries());
        Assert.Equal(before, _tree.DescribeOutside());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_tree_is_removed_however_deep_it_is(bool large)
    {
        _tree.Handle.MakeDirectory("deep"u8, 0x1ED);
        DirectoryHandle at = _tree.Handle.OpenDirectory(UnixPath.Clean("deep"));
        for (int i = 0; i < 10_000; i++)
        {
            at.MakeDirectory("d"u8, 0x1ED);
            DirectoryHandle next = at.OpenDirectory(UnixPath.Clean("d"));
            at.Dispose();
            at = next;
        }
        at.Dispose();

        Remove("deep"u8, large);
        Assert.Empty(_tree.Handle.ReadEntries());
    }

    [Fact]
    public void Only_a_regular_file_can_be_read()
    {
        _tree.Handle.MakeNode("fifo"u8, FileType.Fifo, 0x1A4, default);
        _tree.Handle.MakeDirectory("dir"u8, 0x1ED);

        Assert.Equal(Errno.ENXIO, Assert.Throws<ErrnoException>(() => _tree.Handle.OpenFile(UnixPath.Clean("fifo"))).Error);
        Assert.Equal(Errno.ENXIO, Assert.Throws<ErrnoException>(() => _tree.Handle.OpenFile(UnixPath.Clean("dir"))).Error);
    }

    [Fact]
    public void A_new_file_takes_no_name_that_is_taken()
    {
        _tree.Add("f", "old").AddLink("l", _tree.Outside("new"));

        Assert.Equal(Errno.EEXIST, Assert.Throws<ErrnoException>(() => _tree.Handle.CreateFile(UnixPath.Clean("f"), 0x1A4)).Error);
        Assert.ThrowsAny<ErrnoException>(() => _tree.Handle.CreateFile(UnixPath.Clean("l"), 0x1A4));
        Assert.False(File.Exists(_tree.Outside("new")));
    }

    [Fact]
    public void Attributes_of_any_size_are_sorted_and_set_on_links_not_through_them()
    {
        _tree.Add("f").AddLink("l", "f");
        ExtendedAttribute[] attributes = [new("user.a", []), new("user.b", [0, 255, 10]), new("user.big", new byte[2000])];
        foreach (ExtendedAttribute attribute in attributes.Reverse())
            _tree.Handle.SetXattr("f"u8, attribute);

        Assert.Equal(attributes.Select(Describe), _tree.Handle.GetXattrs("f"u8).Select(Describe));
        Assert.Throws<ErrnoException>(() => _tree.Handle.SetXattr("l"u8, new ExtendedAttribute("user.x", [1])));
        Assert.Empty(_tree.Handle.GetXattrs("l"u8));
        static string Describe(ExtendedAttribute a) => $"{a.Name}={Convert.ToHexString(a.Value)}";
    }

    [Fact]
    public async Task A_directory_that_is_swapped_for_a_link_all_the_time_never_lets_anybody_out()
    {
        _tree.Add("real/secret", "inside").AddLink("link", _tree.Outside("."));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task swapper = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                _tree.Handle.Move("real"u8, _tree.Handle, "d"u8);
                _tree.Handle.Move("d"u8, _tree.Handle, "real"u8);
                _tree.Handle.Move("link"u8, _tree.Handle, "d"u8);
                _tree.Handle.Move("d"u8, _tree.Handle, "link"u8);
            }
        }, CancellationToken.None);
        int read = 0;
        // Many tries: on a busy machine the swapping may begin late, and a race with a rename is refused (EAGAIN) rather than risked.
        for (int i = 0; i < 3_000_000 && read < 100; i++)
        {
            try
            {
                using var file = new StreamReader(new FileStream(_tree.Handle.OpenFile(UnixPath.Clean("d/secret")), FileAccess.Read));
                Assert.Equal("inside", await file.ReadToEndAsync(TestContext.Current.CancellationToken));
                read++;
            }
            catch (ErrnoException)
            {
            }
        }
        await stop.CancelAsync();
        await swapper;
        Assert.True(read > 0);
    }

    private void Remove(ReadOnlySpan<byte> name, bool large)
    {
        if (large)
            _tree.Handle.RemoveLargeTree(name);
        else
            _tree.Handle.RemoveTree(name);
    }
}
