// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.SystemTests.Registry;
using Xunit;
using static Kiln.SystemTests.Layers.LayerFiles;

namespace Kiln.SystemTests.Layers;

/// <summary>Changes things in a real overlay, and holds the layer that comes of it against what the overlay showed.</summary>
public sealed class UpperScanTests
{
    private static readonly DeltaEntry[] Base =
    [
        Dir("d"), File("d/a", "a"), File("d/b", "b", 0x9ED), Dir("d/sub"), File("d/sub/x", "x"), Dir("d/sub/deep"), File("d/sub/deep/y", "y"), Dir("e"),
        File("f", "f", xattrs: Capability), File("g", "g"), Link("l", "d"), Link("l2", "g"), Hard("h", "f"), Node("fifo", EntryType.Fifo),
        Node("null", EntryType.CharacterDevice, 1, 3), File("big", new string('x', 100_000)),
    ];

    public static TheoryData<string, string> Scripts => new()
    {
        { "echo new > n; mkdir -p p/q; echo r > p/q/r", "n p/ p/q/ p/q/r" },
        { "rm d/a", "d/ d/.wh.a" },
        { "rm -r d", ".wh.d" },
        { "rm -r d; mkdir d; echo a > d/new", "d/ d/.wh.a d/.wh.b d/new d/.wh.sub" },
        { "rm -r d; mkdir -p d/sub", "d/ d/.wh.a d/.wh.b d/sub/ d/sub/.wh.deep d/sub/.wh.x" },
        { "rm -r d; mkdir -p d/sub/deep; touch d/sub/deep/z", "d/ d/.wh.a d/.wh.b d/sub/ d/sub/deep/ d/sub/deep/.wh.y d/sub/deep/z d/sub/.wh.x" },
        { "rm -r d; mkdir d; rmdir d", ".wh.d" },
        { "mv d/a d/a2; mv g e/g", "d/ d/.wh.a d/a2 e/ e/g .wh.g" },
        { "mv d moved", ".wh.d moved/ moved/a moved/b moved/sub/ moved/sub/deep/ moved/sub/deep/y moved/sub/x" },
        { "mv d/a d/b", "d/ d/.wh.a d/b" },
        { "chmod 600 g", "g" },
        { "chmod 4755 g; chmod 1777 e", "e/ g" },
        { "chown 42:43 g; chown -h 42:43 l; chown 42 e", "e/ g l" },
        { "touch -d @1234567890 g; touch -h -d @1234567890 l", "g l" },
        { "setfattr -x security.capability f", "f" },
        { "setcap cap_net_raw+ep g", "g" },
        { "echo more >> g", "g" },
        { "printf G > g; touch -d @1500000001 g", "g" },
        { "ln g g2", "g g2" },
        { "ln g a-before; ln g d/z", "a-before d/ d/z g" },
        { "ln -s x n; ln n n2", "n n2" },
        { "echo 1 > n; ln n n2; ln n d/n3; rm n", "d/ d/n3 n2" },
        { "mkfifo n; mknod c c 7 8; mknod b b 9 10", "b c n" },
        { "rm fifo null; mknod null c 1 5", ".wh.fifo null" },
        { "rm g; mkdir g; touch g/in", "g/ g/in" },
        { "rm -r d; echo file > d", "d" },
        { "rm -r d; ln -s e d", "d" },
        { "rm l; mkdir l; touch l/x", "l/ l/x" },
        { "ln -sfn other l", "l" },
        { "rm -r d; mkdir d; rm -r d; echo x > d; rm d; mkdir -p d/sub", "d/ d/.wh.a d/.wh.b d/sub/ d/sub/.wh.deep d/sub/.wh.x" },
        { "python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"s\")'; touch n", "n" },
        { "rm g; python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind(\"g\")'", ".wh.g" },
        { "touch \"$(printf '\\377')\" 'a b' é", "a b \u00e9 \ufffd" },
        { "rm -r d e f g l l2 h fifo null big", ".wh.big .wh.d .wh.e .wh.f .wh.fifo .wh.g .wh.h .wh.l .wh.l2 .wh.null" },
        { "touch a.b a-b a; mkdir 'a c'; touch 'a c/d'; mkdir -p A/B; touch A.B", "A/ A/B/ A.B a a c/ a c/d a-b a.b" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void The_layer_of_a_step_is_what_the_overlay_showed(string script, string entries)
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place);
        using var overlay = OverlayMount.Start(place, stack.Trees, script);
        DeltaEntry[] delta = [.. new UpperScan(overlay.Upper, stack.View, stack.Trees, OwnerMap.OfThisProcess(Path.GetTempPath())).Run(CancellationToken.None).ToEntries(stack.NewView(), null)];

        Assert.Equal(entries, string.Join(' ', delta.Select(e => e.Entry.Path + (e.Entry.IsDirectory ? "/" : ""))));
        Assert.Equal(delta.Select(e => e.Entry.Path).Distinct().Count(), delta.Length);
        Assert.All(delta, e => Assert.True(LayerPath.Classify(e.Entry.Path, out _) is LayerPathKind.Entry or LayerPathKind.Whiteout));
        stack.Push(delta);
        Assert.Equal(TreeDump.Of(overlay.Root), TreeDump.Of(stack.View, stack.Trees));
    }

    [Theory]
    [InlineData("")]
    [InlineData(": >> g; cat g > /dev/null; chmod 644 g; touch -d @1500000001 g")]
    [InlineData(": >> big; touch -d @1500000003 big")]
    [InlineData("touch -d @1234567890 e")]
    [InlineData("setfattr -n user.x -v y g")]
    [InlineData("echo t > d/tmp; rm d/tmp")]
    [InlineData("mkdir e/tmp; rmdir e/tmp; ln g t; rm t")]
    public void What_was_only_copied_up_or_is_in_no_layer_of_Docker_s_is_no_change(string script)
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place);
        using var overlay = OverlayMount.Start(place, stack.Trees, script);

        Assert.Empty(new UpperScan(overlay.Upper, stack.View, stack.Trees, OwnerMap.OfThisProcess(Path.GetTempPath())).Run(CancellationToken.None).ToEntries(stack.NewView(), null));
    }

    [Fact]
    public void A_copied_layer_s_listing_may_know_its_times_better_than_its_tree()
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place);
        var view = new StackView();
        view.Apply(new LayerIndex([.. Base.Select(e => e.Entry with { ModifiedTime = e.Entry.ModifiedTime with { Nanoseconds = 5 } })]));
        using var overlay = OverlayMount.Start(place, stack.Trees, "chmod 644 g");

        // The tree was made of the blob, which has whole seconds.
        Assert.Empty(new UpperScan(overlay.Upper, view, stack.Trees, OwnerMap.OfThisProcess(Path.GetTempPath())).Run(CancellationToken.None).ToEntries(stack.NewView(), null));
    }

    [Fact]
    public void Names_that_one_file_had_in_the_base_part_where_overlay_parts_them()
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place);
        using var overlay = OverlayMount.Start(place, stack.Trees, "echo more >> h");
        LayerDelta delta = new UpperScan(overlay.Upper, stack.View, stack.Trees, OwnerMap.OfThisProcess(Path.GetTempPath())).Run(CancellationToken.None);

        stack.Push(delta.ToEntries(stack.NewView(), null));
        Assert.Equal(TreeDump.Of(overlay.Root), TreeDump.Of(stack.View, stack.Trees));
    }

    [Fact]
    public void A_directory_that_is_deeper_than_a_path_may_be_long_is_refused()
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place);
        using var overlay = OverlayMount.Start(place, stack.Trees, "python3 -c 'import os\nfor i in range(3000):\n  os.mkdir(\"d\", 0o755) if i else os.mkdir(\"deep\"); os.chdir(\"d\" if i else \"deep\")'");

        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<ErrnoException>(
            () => new UpperScan(overlay.Upper, stack.View, stack.Trees, OwnerMap.OfThisProcess(Path.GetTempPath())).Run(CancellationToken.None)).Error);
    }

    internal static LayerStack Make(ScratchDirectory place, bool merged = false)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Programs.Has("setcap") && Programs.Has("setfattr"), "changing owners and capabilities takes root and their programs");
        return new LayerStack(place, merged).Push(Base);
    }
}
