// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Chroot;
using Kiln.Sandbox.Mounts;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Sandbox;

/// <summary>A tree for a step whose kernel lookups must not get past `/proc`, `/sys` and `/dev`, put together by somebody who may do nothing.</summary>
public sealed class ShutTreeTests : IDisposable
{
    private readonly TempTree _tree = new();
    private readonly InodeRecords _records = new();

    public ShutTreeTests()
    {
        _tree.Add("etc/hosts", "the image's").Add("dev/console").Add("sys/x").AddLink("proc", "somewhere");
        _records.Set(Inode("dev"), new InodeRecord(FileType.Directory, 0x1C9, 5, 5));
        _records.Set(Inode("etc/hosts"), new InodeRecord(FileType.File, 0x100, 6, 6));
        Directory.CreateDirectory(_tree.Outside("scratch"));
        Directory.CreateDirectory(_tree.Outside("lent/inside"));
    }

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void The_three_names_are_empty_directories_that_nobody_may_search()
    {
        using CoveredTree covered = Cover();

        foreach (string name in (string[])["proc", "sys", "dev/pts"])
        {
            FileStatus status = _tree.Handle.GetStatus(UnixPath.Clean(name));
            Assert.Equal((FileType.Directory, 0, 2u), (status.Type, status.Mode, status.LinkCount));
        }
        Assert.Empty(covered.ServedDevices);
    }

    [Fact]
    public void Everything_is_as_it_was_afterwards()
    {
        string before = Describe();
        Cover(
            new FileMount { Target = UnixPath.Clean("etc/hosts"), Content = default },
            new FileMount { Target = UnixPath.Clean("new/deep/secret"), Content = "s"u8.ToArray(), IsSecret = true, Uid = 7 },
            new TemporaryMount { Target = UnixPath.Clean("dev/shm") },
            new TemporaryMount { Target = UnixPath.Clean("dev/console") },
            Bind("dev/a/b"),
            new TemporaryMount { Target = UnixPath.Clean("tmp/t") }).Dispose();

        Assert.Equal(before, Describe());
        Assert.Equal(2, _records.Count);
        Assert.True(Directory.Exists(_tree.Outside("lent/inside")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_tree.Outside("scratch")));
    }

    [Fact]
    public void What_is_made_has_the_owner_and_mode_that_was_asked_for()
    {
        using CoveredTree covered = Cover(
            new FileMount { Target = UnixPath.Clean("etc/hosts"), Content = "h"u8.ToArray(), Mode = 0x124, Uid = 8, Gid = 9 }, new TemporaryMount { Target = UnixPath.Clean("run/t") });

        FileStatus file = _tree.Handle.GetStatus(UnixPath.Clean("etc/hosts"));
        Assert.Equal(new InodeRecord(FileType.File, 0x124, 8, 9), _records.Of(file));
        Assert.Equal(0x1A4, file.Mode);
        Assert.Equal(0x3FF, _records.Of(_tree.Handle.GetStatus(UnixPath.Clean("run/t"))).Mode);
        Assert.Equal(new InodeRecord(FileType.Directory, 0x1ED, 0, 0), _records.Of(_tree.Handle.GetStatus(UnixPath.Clean("run"))));
    }

    [Fact]
    public void A_secret_is_an_empty_file_whose_content_is_in_memory()
    {
        using CoveredTree covered = Cover(new FileMount { Target = UnixPath.Clean("secret"), Content = "s3cr3t"u8.ToArray(), IsSecret = true, Mode = 0x100, Uid = 1000, Gid = 1000 });

        Assert.Equal("s3cr3t", File.ReadAllText(Assert.Single(covered.Mounts).Content!.Path));
        FileStatus status = _tree.Handle.GetStatus(UnixPath.Clean("secret"));
        Assert.Equal((0L, new InodeRecord(FileType.File, 0x100, 1000, 1000)), (status.Size, _records.Of(status)));
    }

    [Fact]
    public void Devices_are_recorded_and_what_is_mounted_in_dev_lies_there()
    {
        using CoveredTree covered = Cover(Bind("dev/a/b"), new TemporaryMount { Target = UnixPath.Clean("dev/shm/inner") });

        Assert.Equal(new InodeRecord(FileType.CharacterDevice, 0x1B6, 0, 0) { Device = new DeviceNumber(1, 3) }, _records.Of(_tree.Handle.GetStatus(UnixPath.Clean("dev/null"))));
        Assert.Equal(new InodeRecord(FileType.Directory, 0x3FF, 0, 0), _records.Of(_tree.Handle.GetStatus(UnixPath.Clean("dev/shm"))));
        Assert.Equal(FileType.SymbolicLink, _tree.Handle.GetStatus(UnixPath.Clean("dev/fd")).Type);
        Assert.NotNull(_tree.Handle.FindStatus(UnixPath.Clean("dev/a/b/inside")));
        Assert.Equal(0, _tree.Handle.GetStatus(UnixPath.Clean("dev/pts")).Mode);
    }

    [Fact]
    public void What_was_lent_comes_home_from_wherever_the_step_moved_it()
    {
        CoveredTree covered = Cover(Bind("data/lent"));
        Directory.CreateDirectory(_tree.Path("srv"));
        Directory.Move(_tree.Path("data/lent"), _tree.Path("srv/moved"));

        covered.Dispose();

        Assert.True(Directory.Exists(_tree.Outside("lent/inside")));
        Assert.False(Directory.Exists(_tree.Path("srv/moved")));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("dev/pts/x")]
    [InlineData("proc/x")]
    [InlineData("l/x")]
    public void A_mount_that_cannot_be_had_is_refused(string target)
    {
        _tree.AddLink("l", "sys");

        BuildException refusal = Assert.Throws<BuildException>(() => Cover(new FileMount { Target = UnixPath.Clean(target), Content = default }));

        Assert.Equal(DiagnosticRules.RungTooLow, refusal.Diagnostic.Rule);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_tree.Outside("scratch")));
    }

    private CoveredTree Cover(params RunMount[] mounts) => CoveredTree.CoverShut(_tree.Path(".").TrimEnd('.', '/'), _tree.Outside("scratch"), mounts, _records);

    private BindMount Bind(string target) => new() { Target = UnixPath.Clean(target), Source = _tree.Outside("lent"), Access = BindAccess.ReadWrite };

    private ulong Inode(string path) => _tree.Handle.GetStatus(UnixPath.Clean(path)).Inode;

    /// <summary>Every name of the tree with what can be told of it but the change time.</summary>
    private string Describe() => string.Join('\n', Directory.EnumerateFileSystemEntries(_tree.Path("."), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(path =>
    {
        FileStatus status = _tree.Handle.GetStatus(UnixPath.Clean(Path.GetRelativePath(_tree.Path("."), path)));
        return $"{path} {status.Inode} {status.Mode} {status.ModifiedTime} {_records.Of(status)}";
    }));
}
