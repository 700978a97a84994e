// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Layers;

/// <summary>Changes things in a merged tree, and holds the layer that the two walks make of it against the tree.</summary>
public sealed class TreeRecordTests
{
    public static TheoryData<string, string> Scripts => UpperScanTests.Scripts;

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task The_layer_of_a_step_is_what_the_tree_became(string script, string entries)
    {
        using var place = new ScratchDirectory();
        using LayerStack merged = UpperScanTests.Make(place, merged: true), apart = UpperScanTests.Make(place, merged: false);
        using var tree = DirectoryHandle.Open(merged.Trees.Paths[0]);
        TreeRecord record = TreeRecord.Take(tree, OwnerMap.None, TestContext.Current.CancellationToken);
        await Programs.RunAsync(["sh", "-e", "-c", $"cd {merged.Trees.Paths[0]}; {script}"], TestContext.Current.CancellationToken);
        DeltaEntry[] delta = [.. record.Compare(tree, merged.View, OwnerMap.OfThisProcess(Path.GetTempPath()), null, TestContext.Current.CancellationToken).Complete(new HashSet<UnixPath>()).ToEntries(apart.NewView(), null)];

        string found = string.Join(' ', delta.Select(e => e.Entry.Path + (e.Entry.IsDirectory ? "/" : "")));
        // Here the base's two names of one file stay one file, so both change.
        Assert.Equal(entries == "f" ? "f h" : entries, found);
        apart.Push(delta);
        Assert.Equal(TreeDump.Of(tree), TreeDump.Of(apart.View, apart.Trees));
    }

    [Fact]
    public async Task The_second_step_is_compared_with_what_the_first_one_left()
    {
        using var place = new ScratchDirectory();
        using LayerStack merged = UpperScanTests.Make(place, merged: true);
        using var tree = DirectoryHandle.Open(merged.Trees.Paths[0]);
        TreeRecord record = TreeRecord.Take(tree, OwnerMap.None, TestContext.Current.CancellationToken);
        await Programs.RunAsync(["sh", "-e", "-c", $"cd {merged.Trees.Paths[0]}; rm -r d; mkdir -p n/m; echo 1 > n/m/1; rm f"], TestContext.Current.CancellationToken);
        TreeComparison first = record.Compare(tree, merged.View, OwnerMap.OfThisProcess(Path.GetTempPath()), null, TestContext.Current.CancellationToken);
        merged.View.Apply(new LayerIndex([.. first.Complete(new HashSet<UnixPath>()).ToEntries(merged.NewView(), null).Select(e => e.Entry)]));
        await Programs.RunAsync(["sh", "-e", "-c", $"cd {merged.Trees.Paths[0]}; echo 2 > n/m/2; rm n/m/1; mkdir d; echo x > f"], TestContext.Current.CancellationToken);

        LayerDelta second = first.Now.Compare(tree, merged.View, OwnerMap.OfThisProcess(Path.GetTempPath()), null, TestContext.Current.CancellationToken).Complete(new HashSet<UnixPath>());

        Assert.Equal("d f n n/m n/m/.wh.1 n/m/2", string.Join(' ', second.ToEntries(merged.View, null).Select(e => e.Entry.Path)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cat g > /dev/null")]
    [InlineData("touch -d @1234567890 e; echo t > d/tmp; rm d/tmp")]
    [InlineData("chmod 666 null; chmod 755 e")]
    [InlineData(": >> g; chmod 644 g; touch -d @1500000001 g", "g")]
    [InlineData("cp -p g t; rm g; mv t g; ln f t; rm t", "f g h")]
    public async Task What_is_as_it_was_is_no_change(string script, string doubts = "")
    {
        using var place = new ScratchDirectory();
        using LayerStack merged = UpperScanTests.Make(place, merged: true);
        using var tree = DirectoryHandle.Open(merged.Trees.Paths[0]);
        TreeRecord record = TreeRecord.Take(tree, OwnerMap.None, TestContext.Current.CancellationToken);
        await Programs.RunAsync(["sh", "-e", "-c", $"cd {merged.Trees.Paths[0]}; {script}"], TestContext.Current.CancellationToken);

        TreeComparison found = record.Compare(tree, merged.View, OwnerMap.OfThisProcess(Path.GetTempPath()), null, TestContext.Current.CancellationToken);
        Assert.Equal(doubts, string.Join(' ', found.Doubts.Select(file => file.Path.ToString()).Order(StringComparer.Ordinal)));
        Assert.Empty(found.Complete(found.Doubts.Select(file => file.Path).ToHashSet()).ToEntries(new StackView(), null));
    }
}
