// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Steps;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Build;

/// <summary>What the files of a cache are, from one build to the next.</summary>
public sealed class CacheRecordsTests : IDisposable
{
    private readonly TempTree _cache = new();
    private readonly InodeRecords _first = new();
    private readonly InodeRecords _second = new();

    public CacheRecordsTests() => _cache.Add("content/d/file", "x").Add("content/device").Add("content/plain");

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Another_build_has_them()
    {
        var file = new InodeRecord(FileType.File, 0x924, 1000, 1001) { Capabilities = new byte[] { 1, 2, 3 } };
        _first.Set(Inode("content/d/file"), file);
        _first.Set(Inode("content/device"), new InodeRecord(FileType.CharacterDevice, 0x1B6, 0, 0) { Device = new DeviceNumber(1, 3) });
        _first.Set(Inode("content"), new InodeRecord(FileType.Directory, 0x3FF, 5, 6));

        CacheRecords.Save(_cache.Path("."), _first);
        CacheRecords.Load(_cache.Path("."), _second);

        Assert.Equal(3, _second.Count);
        Assert.Equal(_first.Find(Inode("content")), _second.Find(Inode("content")));
        Assert.Equal(_first.Find(Inode("content/device")), _second.Find(Inode("content/device")));
        Assert.Equal(file with { Capabilities = default }, _second.Find(Inode("content/d/file"))! with { Capabilities = default });
        Assert.Equal([1, 2, 3], _second.Find(Inode("content/d/file"))!.Capabilities.ToArray());
    }

    [Fact]
    public void What_the_disk_says_all_of_loses_what_was_said_of_its_inode()
    {
        CacheRecords.Save(_cache.Path("."), _first);
        _second.Set(Inode("content/plain"), new InodeRecord(FileType.File, 0x1A4, 7, 7));
        _second.Set(Inode("content"), new InodeRecord(FileType.Directory, 0x1ED, 7, 7));

        CacheRecords.Load(_cache.Path("."), _second);

        Assert.Equal(0, _second.Count);
    }

    [Fact]
    public void Only_files_of_the_cache_are_told_of()
    {
        ulong elsewhere = _cache.Add("elsewhere").Handle.GetStatus(UnixPath.Clean("elsewhere")).Inode;
        _first.Set(elsewhere, new InodeRecord(FileType.File, 0x1A4, 7, 7));
        CacheRecords.Save(_cache.Path("."), _first);
        _second.Set(elsewhere, new InodeRecord(FileType.File, 0x1A4, 8, 8));

        CacheRecords.Load(_cache.Path("."), _second);

        Assert.Equal(8u, _second.Find(elsewhere)!.Uid);
    }

    [Fact]
    public void A_directory_in_the_place_of_a_file_gets_nothing_of_it()
    {
        _first.Set(Inode("content/d"), new InodeRecord(FileType.File, 0x1A4, 7, 7));

        CacheRecords.Save(_cache.Path("."), _first);
        CacheRecords.Load(_cache.Path("."), _second);

        Assert.Equal(0, _second.Count);
    }

    [Fact]
    public void A_cache_that_has_none_is_as_the_disk_says()
    {
        CacheRecords.Load(_cache.Path("."), _second);

        Assert.Equal(0, _second.Count);
    }

    private ulong Inode(string path) => _cache.Handle.GetStatus(UnixPath.Clean(path)).Inode;
}
