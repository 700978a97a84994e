// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Linux;
using Kiln.Linux.Files;
using Xunit;
using static Kiln.SystemTests.Layers.LayerFiles;

namespace Kiln.SystemTests.Layers;

/// <summary>Holds what the kernel shows of layers' trees against what the layers say: the overlay of all of them, and the merged tree.</summary>
public sealed class OverlayTreeTests
{
    private static readonly DeltaEntry[] Base =
    [
        Dir("d", 0x1C0), File("d/a", "a"), File("d/b", "b", 0x9ED), Dir("d/sub", 0x5FF), File("d/sub/x", "x"), Dir("d/sub/deep"), File("d/sub/deep/y", "y"),
        File("f", "f", xattrs: Capability), Link("l", "d"), Link("out", "/etc"), Link("dangling", "none"), Hard("h", "f"), Hard("d/h2", "f"),
        Node("fifo", EntryType.Fifo), Node("null", EntryType.CharacterDevice, 1, 3), Node("disk", EntryType.BlockDevice, 8, 1),
        Dir("user", 0x1ED, 1000, 1000, new ExtendedAttribute("user.a", [1, 2])), File("user/locked", "l", 0, 1000, 1000),
    ];

    public static TheoryData<string> Names => [.. Cases.Keys];

    /// <summary>What a second layer, and a third, may do to the first.</summary>
    private static Dictionary<string, DeltaEntry[][]> Cases { get; } = new()
    {
        ["nothing"] = [[]],
        ["a whiteout of a file"] = [[Dir("d", 0x1ED), File("d/.wh.a")]],
        ["a whiteout without its parent"] = [[File("d/sub/.wh.x")]],
        ["a whiteout of a directory"] = [[File(".wh.d")]],
        ["a whiteout of nothing"] = [[File(".wh.none"), File("none/.wh.none")]],
        ["a whiteout of a link"] = [[File(".wh.l"), File("l/.wh.a")]],
        ["a whiteout of one name of a file"] = [[File(".wh.f")]],
        ["a directory made anew"] = [[File(".wh.d"), Dir("d", 0x1ED), File("d/new", "new")]],
        ["a directory made anew, the whiteout last"] = [[Dir("d", 0x1ED), File("d/new", "new"), File(".wh.d")]],
        ["a directory made anew by what lies in it"] = [[File(".wh.d"), File("d/sub/new", "new")]],
        ["an opaque directory"] = [[Dir("d"), File("d/.wh..wh..opq"), File("d/new"), Dir("d/sub"), File("d/sub/z")]],
        ["an opaque directory, the mark last"] = [[File("d/new"), Dir("d/sub"), File("d/sub/z"), File("d/.wh..wh..opq")]],
        ["an opaque directory below"] = [[File("d/sub/.wh..wh..opq")]],
        ["an opaque root"] = [[File("new", "n"), Dir("d", 0x1ED), File("d/z"), File(".wh..wh..opq")]],
        ["an opaque mark below a file"] = [[File("f/.wh..wh..opq")]],
        ["a file in place of a directory"] = [[File("d", "file")]],
        ["a directory in place of a file"] = [[Dir("f", 0x1FF), File("f/in", "in")]],
        ["a directory in place of a link"] = [[Dir("l", 0x1FF), File("l/in", "in")]],
        ["a file in place of a directory, and a directory of that"] = [[File("d", "file")], [File("d/z", "z")]],
        ["a file in place of a directory, and a directory of that in one layer"] = [[File("d", "file"), File("d/z", "z")]],
        ["a link in place of a file"] = [[Link("f", "d/a"), Link("d/a", "/f")]],
        ["a directory with another mode, owner and attributes"] = [[Dir("d", 0x3ED, 9, 9, new ExtendedAttribute("user.b", [3]))]],
        ["a parent that nobody described"] = [[File("p/q/r", "r")]],
        ["a parent that the layers below described"] = [[File("d/sub/deep/z", "z")]],
        ["an entry through a link"] = [[File("l/through", "t"), File("l/sub/through", "t")]],
        ["an entry through a link that leads out"] = [[File("out/passwd", "mine")]],
        ["an entry through a link to nothing"] = [[File("dangling/x", "x")]],
        ["hard links"] = [[File("n", "n"), Hard("n2", "n"), Hard("d/a", "n"), Hard("n", "n")]],
        ["a hard link in place of its target's directory"] = [[File("k/t", "t"), Hard("k", "k/t")]],
        ["hard links into the layer below"] = [[Hard("d/sub/up", "d/a"), Hard("p", "fifo"), Hard("s", "out"), Hard("d/b", "user/locked")]],
        ["hard links into the layer below, written over"] = [[Hard("up", "d/a"), File("d/a", "new"), Hard("up2", "d/a")], [Hard("up3", "up"), File(".wh.up")]],
        ["a hard link into the layer below, and what it names gone"] = [[Hard("n/up", "d/a"), File("d/.wh..wh..opq"), File("d/z", "z")]],
        ["a name written over that others have too"] = [[File("n", "old"), Hard("n2", "n"), File("n", "new"), Hard("n3", "n2")]],
        ["hard links to a link, a pipe and a device"] = [[Link("s", "x"), Hard("s2", "s"), Node("p", EntryType.Fifo), Hard("p2", "p"), Node("c", EntryType.CharacterDevice, 5, 6), Hard("c2", "c")]],
        ["one path twice"] = [[File("d/a", "1"), File("d/a", "2"), Dir("t"), File("t", "x"), Link("v", "x"), Dir("v"), File("v/w")]],
        ["files with special bits"] = [[File("s", "s", 0xFFF), Dir("s2", 0xFFF, 1, 2), File("s3", "", 0)]],
        ["overlay's own attributes"] = [[Dir("d", 0x1ED, 0, 0, new ExtendedAttribute("user.overlay.opaque", [(byte)'y'])), File("w", "w", xattrs: new ExtendedAttribute("user.overlay.whiteout", [(byte)'y']))]],
        ["aufs's leftovers"] = [[Dir(".wh..wh.plnk"), File(".wh..wh.plnk/1.2", "x"), File(".wh..wh.aufs")]],
        ["gone and back"] = [[File(".wh.d"), File(".wh.f")], [Dir("d"), File("d/a", "again"), File("f", "again")], [File("d/.wh.a"), File("d/c", "c")]],
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Overlay_shows_what_the_layers_say(string name)
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(name, place, merged: false);
        using var overlay = OverlayMount.Start(place, stack.Trees);

        Assert.Equal(TreeDump.Of(stack.View, stack.Trees), TreeDump.Of(overlay.Root));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_merged_tree_is_what_the_layers_say(string name)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "owners and devices take root");
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(name, place, merged: true);
        using var tree = DirectoryHandle.Open(stack.Trees.Paths[0]);
        using LayerStack apart = Make(name, place, merged: false);

        Assert.Equal(TreeDump.Of(apart.View, apart.Trees), TreeDump.Of(tree));
    }

    [Fact]
    public void The_root_looks_as_the_last_layer_with_an_entry_for_it_says()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "owners take root");
        using var place = new ScratchDirectory();
        using LayerStack stack = new LayerStack(place).Push(Base).Push(Dir("/", 0x1C0, 11, 12));
        using var overlay = OverlayMount.Start(place, stack.Trees);
        using var tree = DirectoryHandle.Open(stack.Trees.Paths[1]);
        FileStatus status = tree.GetStatus(UnixPath.Root);

        Assert.Equal((0x1C0, 11u, 12u), (status.Mode, status.Uid, status.Gid));
        Assert.Equal(TreeDump.Of(stack.View, stack.Trees), TreeDump.Of(overlay.Root));
    }

    private static LayerStack Make(string name, ScratchDirectory place, bool merged)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "owners and devices take root");
        LayerStack stack = new LayerStack(place, merged).Push(Base);
        foreach (DeltaEntry[] layer in Cases[name])
            stack.Push(layer);
        return stack;
    }
}
