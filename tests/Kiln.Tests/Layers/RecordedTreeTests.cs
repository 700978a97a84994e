// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Layers;

/// <summary>Trees of a builder that can put neither owners nor devices on disk: what is read of them is what was unpacked.</summary>
public sealed class RecordedTreeTests : IDisposable
{
    private static readonly ExtendedAttribute Capability = new("security.capability", Convert.FromHexString("0100000200040000000000000000000000000000"));

    private static readonly DeltaEntry[] AllKinds =
    [
        Dir("d", 0x140, 5, 6), File("d/a", 0x924, 3, 4), File("d/b", 0x1A4, 0, 0), Dir("e", 0x3FF), Dir("e/inner", 0x5ED, 0, 7), File("f", 0x1ED, 3, 4, Capability),
        Link("l", "d", 7, 8), Link("m", "nowhere", 0, 0), File("n", 0, 0, 0), Node("null", EntryType.CharacterDevice, 1, 3), Node("o", EntryType.BlockDevice, 259, 65536), Node("p", EntryType.Fifo, 0, 0),
        Hard("q", "d/a"), Hard("r", "l"), Hard("s", "null"), Node("zero", EntryType.CharacterDevice, 0, 0),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TempTree _tree = new();
    private readonly InodeRecords _records = new();
    private readonly StackView _view = new();
    private readonly OwnerMap _owners;

    public RecordedTreeTests() => _owners = OwnerMap.KeptIn(_records);

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void What_was_unpacked_is_what_is_found()
    {
        TreeRecord nothing = Take();
        Unpack(AllKinds);

        LayerDelta found = nothing.Compare(_tree.Handle, new StackView(), _owners, null, Token).Complete(new HashSet<UnixPath>());

        Assert.Equal(Describe(AllKinds), Describe(found.ToEntries(new StackView(), null)));
        Assert.True(Changes(Take()).IsEmpty);
    }

    [Fact]
    public void On_disk_all_is_the_builders_to_read_and_write_but_what_stands_for_a_device()
    {
        Unpack(AllKinds);

        Assert.All(Walk(_tree.Handle), file =>
        {
            Assert.Equal(Credential.EffectiveUid, file.Uid);
            Assert.True(file.Type is FileType.Directory or FileType.File or FileType.SymbolicLink or FileType.Fifo);
            int least = file.Type == FileType.Directory ? 0x1C0 : _records.Find(file.Inode)?.Type is FileType.CharacterDevice or FileType.BlockDevice ? 0 : 0x180;
            Assert.Equal(least, file.Mode & (file.Type == FileType.Directory ? 0xFC0 : 0xF80));
        });
    }

    [Theory]
    [InlineData("d/a", 0x924, 9, 9)]
    [InlineData("d/b", 0x9A4, 0, 0)]
    [InlineData("d", 0x140, 0, 6)]
    [InlineData("l", 0x1FF, 0, 0)]
    [InlineData("o", 0x1B6, 0, 9)]
    public void A_change_of_a_record_alone_is_found(string path, int mode, uint uid, uint gid)
    {
        Unpack(AllKinds);
        TreeRecord before = Take();
        FileStatus status = _tree.Handle.GetStatus(UnixPath.Clean(path));
        _records.Set(status.Inode, _records.Of(status) with { Mode = mode, Uid = uid, Gid = gid });

        LayerEntry entry = Changes(before).Find(UnixPath.Clean(path))!;

        Assert.Equal((mode, uid, gid), (entry.Mode, entry.Uid, entry.Gid));
        Assert.Equal(AllKinds.First(e => e.Entry.Path == entry.Path).Entry.Type, entry.Type);
    }

    [Fact]
    public void A_capability_that_comes_or_goes_is_found()
    {
        Unpack(AllKinds);
        TreeRecord before = Take();
        Change("d/b", record => record with { Capabilities = Capability.Value });
        Change("f", record => record with { Capabilities = default });

        LayerDelta changes = Changes(before);

        Assert.Equal(Capability.Value, Assert.Single(changes.Find(UnixPath.Clean("d/b"))!.Xattrs).Value);
        Assert.Empty(changes.Find(UnixPath.Clean("f"))!.Xattrs);
    }

    [Fact]
    public void A_record_that_is_written_again_is_no_change()
    {
        Unpack(AllKinds);
        TreeRecord before = Take();
        foreach (string path in (string[])["d", "d/a", "d/b", "l", "null"])
            Change(path, record => record with { });

        Assert.True(Changes(before).IsEmpty);
    }

    [Fact]
    public void What_takes_an_inode_over_takes_nothing_of_its_record()
    {
        Unpack(AllKinds);
        Unpack(Dir("d", 0x1ED, 0, 0), File("d/a", 0x1A4, 0, 0), Dir("e", 0x1ED), Dir("f", 0x1C0));

        Assert.Null(_records.Find(Inode("d")));
        Assert.Null(_records.Find(Inode("d/a")));
        Assert.Null(_records.Find(Inode("f")));
        Assert.Equal((3u, 4u), (_records.Find(Inode("q"))!.Uid, _records.Find(Inode("q"))!.Gid)); // the other name of the old `d/a`
    }

    [Fact]
    public void The_root_has_a_record_too()
    {
        Unpack(Dir("", 0x16D, 1, 2));

        Assert.Equal(new InodeRecord(FileType.Directory, 0x16D, 1, 2), _records.Find(_tree.Handle.GetStatus(UnixPath.Root).Inode));
    }

    [Fact]
    public void Records_go_with_the_last_name_of_a_file()
    {
        Unpack(AllKinds);
        ulong shared = Inode("q");
        Unpack(Whiteout("d"), Whiteout("e"), Whiteout("f"), Whiteout("n"), Whiteout("null"), Whiteout("o"), Whiteout("p"), Whiteout("zero"));

        Assert.Equal(0x924, _records.Find(shared)!.Mode);
        Unpack(Whiteout("q"), Whiteout("r"), Whiteout("s"), Whiteout("l"));
        Assert.Equal(0, _records.Count);
    }

    [Fact]
    public void Removing_a_tree_leaves_no_record()
    {
        _tree.Handle.MakeDirectory("t"u8, 0x1C0);
        Unpack([.. AllKinds.Select(e => new DeltaEntry(
            e.Entry with { Path = UnixPath.Clean($"t/{e.Entry.Path}"), HardLinkTarget = UnixPath.Clean($"t/{e.Entry.HardLinkTarget}") }, e.Content))]);
        Assert.NotEqual(0, _records.Count);

        _tree.Handle.RemoveLargeTree("t"u8, _records);

        Assert.Equal(0, _records.Count);
    }

    private static DeltaEntry File(string path, int mode, uint uid, uint gid, params ExtendedAttribute[] xattrs) =>
        new(Entry(path, EntryType.File, mode, uid, gid) with { Size = path.Length, Xattrs = [.. xattrs] }, new BytesSource(new byte[path.Length]));

    private static DeltaEntry Dir(string path, int mode, uint uid = 0, uint gid = 0) => new(Entry(path, EntryType.Directory, mode, uid, gid), null);

    private static DeltaEntry Link(string path, string text, uint uid, uint gid) =>
        new(Entry(path, EntryType.SymbolicLink, 0x1FF, uid, gid) with { LinkText = [.. System.Text.Encoding.UTF8.GetBytes(text)] }, null);

    private static DeltaEntry Hard(string path, string target) => new(Entry(path, EntryType.HardLink, 0, 0, 0) with { HardLinkTarget = UnixPath.Clean(target) }, null);

    private static DeltaEntry Node(string path, EntryType type, uint major, uint minor) =>
        new(Entry(path, type, 0x1A0, 9, 10) with { Device = new DeviceNumber(major, minor) }, null);

    private static DeltaEntry Whiteout(string path) => new(Entry($".wh.{path}", EntryType.File, 0, 0, 0), null);

    private static LayerEntry Entry(string path, EntryType type, int mode, uint uid, uint gid) =>
        new() { Path = UnixPath.Clean(path), Type = type, Mode = mode, Uid = uid, Gid = gid, ModifiedTime = new UnixTime(1_500_000_000 + path.Length) };

    private static string Describe(IEnumerable<DeltaEntry> entries) => string.Join('\n', entries.Select(e => e.Entry).Select(e => e.Type == EntryType.HardLink
        ? $"{e.Path} = {e.HardLinkTarget}"
        : $"{e.Path} {e.Type} {Convert.ToString(e.Mode, 8)} {e.Uid}:{e.Gid} {e.Size} {e.ModifiedTime} {e.Device} {Convert.ToHexString(e.LinkText.AsSpan())} "
            + string.Join(' ', e.Xattrs.Select(a => $"{a.Name}={Convert.ToHexString(a.Value)}"))));

    private static IEnumerable<FileStatus> Walk(DirectoryHandle directory)
    {
        foreach (DirectoryEntry entry in directory.ReadEntries())
        {
            FileStatus status = directory.FindStatus(entry.Name)!.Value;
            yield return status;
            if (status.Type != FileType.Directory)
                continue;
            using DirectoryHandle inner = directory.OpenDirectory(UnixPath.Root.Append(entry.Name));
            foreach (FileStatus below in Walk(inner).ToList())
                yield return below;
        }
    }

    private void Unpack(params DeltaEntry[] entries)
    {
        using var writer = new TreeWriter(_tree.Handle, _view, new TreeOptions(_owners, Merged: true, ContentOnly: false));
        writer.Write(entries, Token);
    }

    private TreeRecord Take() => TreeRecord.Take(_tree.Handle, _owners, Token);

    private LayerDelta Changes(TreeRecord before) => before.Compare(_tree.Handle, _view, _owners, null, Token).Complete(new HashSet<UnixPath>());

    private ulong Inode(string path) => _tree.Handle.GetStatus(UnixPath.Clean(path)).Inode;

    private void Change(string path, Func<InodeRecord, InodeRecord> change)
    {
        FileStatus status = _tree.Handle.GetStatus(UnixPath.Clean(path));
        _records.Set(status.Inode, change(_records.Of(status)));
    }
}
