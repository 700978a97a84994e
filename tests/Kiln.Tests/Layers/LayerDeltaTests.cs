// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Layers;

/// <summary>The entries of a layer, as Docker orders them.</summary>
public sealed class LayerDeltaTests
{
    [Fact]
    public void Entries_come_in_bytewise_order_parents_first_and_once()
    {
        var delta = new LayerDelta();
        foreach (string path in (string[])["b", "a.b", "a/z", "a/y/x", "a"])
            delta.Put(path == "a" ? Dir(path) : File(path));

        Assert.Equal("a/ a/y/ a/y/x a/z a.b b", List(delta, View()));
    }

    [Fact]
    public void Parents_look_as_they_do_below()
    {
        var delta = new LayerDelta();
        delta.Put(File("a/b/c"));
        DeltaEntry[] entries = [.. delta.ToEntries(View([Dir("a", 0x1C0)]), null)];

        Assert.Equal([0x1C0, 0x1ED, 0x1A4], entries.Select(e => e.Entry.Mode));
    }

    [Fact]
    public void A_removal_is_a_whiteout_of_nobody_at_no_time()
    {
        var delta = new LayerDelta();
        delta.Remove(UnixPath.Clean("d/x"));
        LayerEntry whiteout = delta.ToEntries(View([Dir("d"), File("d/x")]), null).Last().Entry;

        Assert.Equal(("d/.wh.x", EntryType.File, 0, 0u, 0u, 0L, UnixTime.Epoch), (
            whiteout.Path.ToString(), whiteout.Type, whiteout.Mode, whiteout.Uid, whiteout.Gid, whiteout.Size, whiteout.ModifiedTime));
    }

    [Fact]
    public void Names_of_one_file_are_written_once_and_linked_to_the_first_in_order()
    {
        var delta = new LayerDelta();
        object group = new();
        var content = new BytesSource("x"u8.ToArray());
        delta.Put(File("z", 1), content, group);
        delta.Put(File("a/b", 1), content, group);
        DeltaEntry[] entries = [.. delta.ToEntries(View(), null)];

        Assert.Equal([EntryType.Directory, EntryType.File, EntryType.HardLink], entries.Select(e => e.Entry.Type));
        Assert.Equal(("a/b", 0L, null), (entries[2].Entry.HardLinkTarget.ToString(), entries[2].Entry.Size, entries[2].Content));
    }

    [Fact]
    public void One_more_name_for_a_file_makes_a_link()
    {
        var delta = new LayerDelta();
        delta.Put(File("a"));

        Assert.True(delta.TryPutHardLink(UnixPath.Clean("b"), UnixPath.Clean("a")));
        Assert.False(delta.TryPutHardLink(UnixPath.Clean("c"), UnixPath.Clean("none")));
        Assert.Equal([EntryType.File, EntryType.HardLink], delta.ToEntries(View(), null).Select(e => e.Entry.Type));
    }

    [Fact]
    public void The_last_word_on_a_path_stands()
    {
        var delta = new LayerDelta();
        delta.Put(Dir("d"));
        delta.Put(File("d/x"));
        delta.Put(File("d"));
        Assert.Equal("d", List(delta, View()));

        delta.Put(Dir("d"));
        delta.Put(File("d/x"));
        delta.Remove(UnixPath.Clean("d"));
        Assert.Equal(".wh.d", List(delta, View()));
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 5)]
    public void Later_times_or_all_become_the_epoch_and_those_of_parents_below_do_not(bool all, long early)
    {
        var delta = new LayerDelta();
        delta.Put(File("d/late") with { ModifiedTime = new UnixTime(9) });
        delta.Put(File("d/early") with { ModifiedTime = new UnixTime(3) });
        IEnumerable<DeltaEntry> entries = delta.ToEntries(View([Dir("d") with { ModifiedTime = new UnixTime(8) }]), new EpochRule(new UnixTime(5), all));

        Assert.Equal([8, early, 5], entries.Select(e => e.Entry.ModifiedTime.Seconds));
    }

    [Fact]
    public void Only_capabilities_are_written_of_the_attributes()
    {
        var delta = new LayerDelta();
        delta.Put(File("f") with { Xattrs = [new("security.capability", [1]), new("user.x", [2])] });

        Assert.Equal(["security.capability"], delta.ToEntries(View(), null).Single().Entry.Xattrs.Select(a => a.Name));
    }

    [Fact]
    public void The_root_itself_is_never_written()
    {
        var delta = new LayerDelta();
        delta.Put(Dir("/"));

        Assert.Empty(delta.ToEntries(View(), null));
    }

    private static string List(LayerDelta delta, StackView below) =>
        string.Join(' ', delta.ToEntries(below, null).Select(e => e.Entry.Path + (e.Entry.IsDirectory ? "/" : "")));
}
