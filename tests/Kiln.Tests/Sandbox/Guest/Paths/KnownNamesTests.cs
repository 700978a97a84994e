// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Guest.Shortcuts;
using Xunit;

namespace Kiln.Tests.Sandbox.Guest.Paths;

public sealed class KnownNamesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kiln-names-");
    private readonly GuestTree _tree;
    private readonly KnownNames _names;

    public KnownNamesTests()
    {
        Directory.CreateDirectory(PathOf("usr/include"));
        File.WriteAllText(PathOf("usr/include/stdio.h"), "");
        File.CreateSymbolicLink(PathOf("include"), "usr/include");
        File.CreateSymbolicLink(PathOf("nowhere"), "nothing");
        _tree = new GuestTree(_directory.FullName, new InodeRecords(), [], []);
        _names = new KnownNames(_tree, ShortcutMemory.OfSupervisor());
    }

    public void Dispose()
    {
        _tree.Dispose();
        _directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("/usr/include/stdio.h", Errno.EINVAL)]
    [InlineData("/usr/include", Errno.EINVAL)]
    [InlineData("/usr/include/none.h", Errno.ENOENT)]
    [InlineData("/none/none/none.h", Errno.ENOENT)]
    [InlineData("/include/none.h", Errno.ENOENT)]
    [InlineData("/usr/none/.", Errno.ENOENT)]
    public void What_was_found_is_known(string path, Errno error)
    {
        Assert.Equal(Errno.None, Find(path));

        Learn(path, error);

        Assert.Equal(error, Find(path));
    }

    [Theory]
    [InlineData("/nowhere", Errno.ENOENT)] // opened there is nothing, but the link is there
    [InlineData("/usr/include/", Errno.EINVAL)]
    [InlineData("/usr/include/..", Errno.EINVAL)]
    [InlineData("/usr/include/stdio.h", Errno.ENOENT)] // it is there by now
    [InlineData("/usr/include/none.h", Errno.EINVAL)]
    public void What_may_be_otherwise_for_another_call_is_not_kept(string path, Errno error)
    {
        Learn(path, error);

        Assert.Equal(Errno.None, Find(path));
    }

    [Fact]
    public void A_name_that_changes_ends_what_it_decides_and_nothing_else()
    {
        Learn("/usr/include/one.h", Errno.ENOENT);
        Learn("/include/one.h", Errno.ENOENT);
        Learn("/usr/include/other.h", Errno.ENOENT);

        _names.Forget(InodeOf("usr/include"), "one.h\0"u8);

        Assert.Equal((Errno.None, Errno.None, Errno.ENOENT), (Find("/usr/include/one.h"), Find("/include/one.h"), Find("/usr/include/other.h")));
    }

    [Fact]
    public void A_directory_that_is_made_ends_what_was_missing_below()
    {
        Learn("/none/below/none.h", Errno.ENOENT);

        _names.Forget(_tree.RootInode, "none\0"u8);

        Assert.Equal(Errno.None, Find("/none/below/none.h"));
    }

    [Fact]
    public void A_directory_or_a_link_that_goes_ends_all()
    {
        using DirectoryHandle root = DirectoryHandle.Open(_directory.FullName);
        Learn("/usr/include/stdio.h", Errno.EINVAL);
        Assert.Equal(Errno.None, Place.Of(root).GetStatus("include\0"u8, out FullStatus link));

        _names.Forget(Place.Of(root), "include\0"u8, link);

        Assert.Equal(Errno.None, Find("/usr/include/stdio.h"));
    }

    [Fact]
    public void Of_more_paths_than_there_is_room_for_the_newest_are_known()
    {
        string[] paths = [.. Enumerable.Range(0, 9000).Select(i => $"/none/{i}")];
        foreach (string path in paths)
            Learn(path, Errno.ENOENT);

        Assert.InRange(paths.Count(path => Find(path) == Errno.ENOENT), 1000, 2048);
        Assert.Equal(Errno.ENOENT, Find(paths[^1]));
    }

    [Fact]
    public void A_long_path_is_not_kept()
    {
        string path = "/" + new string('x', 250);

        Learn(path, Errno.ENOENT);

        Assert.Equal(Errno.None, Find(path));
    }

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private ulong InodeOf(string name)
    {
        using DirectoryHandle root = DirectoryHandle.Open(_directory.FullName);
        return root.GetStatus(UnixPath.Clean(name)).Inode;
    }

    private void Learn(string path, Errno error) => _names.Learn(Encoding.UTF8.GetBytes(path + "\0"), error);

    private Errno Find(string path) => _names.Find(Encoding.UTF8.GetBytes(path + "\0"));
}
