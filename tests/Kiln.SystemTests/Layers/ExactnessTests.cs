// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Layers;

/// <summary>
/// Each change of <see cref="Changes"/> in a real overlay, whose upper directory is scanned, and in one merged tree, which is walked before and after.
/// Both find the same layer, which is the one that Docker makes.
/// </summary>
public sealed class ExactnessTests
{
    public static TheoryData<string> Names => [.. Changes.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_scan_of_an_overlay_finds_what_changed(string name)
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place, merged: false);
        using var overlay = OverlayMount.Start(place, stack.Trees, Changes.All[name].Script);
        LayerDelta delta = new UpperScan(overlay.Upper, stack.View, stack.Trees, OwnerMap.OfThisProcess(Path.GetTempPath())).Run(TestContext.Current.CancellationToken);

        Assert.Equal(Changes.All[name].Entries, Describe(delta, stack.View));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_walk_of_a_tree_finds_what_changed(string name)
    {
        using var place = new ScratchDirectory();
        using LayerStack stack = Make(place, merged: true);
        using var tree = DirectoryHandle.Open(stack.Trees.Paths[0]);
        TreeRecord record = TreeRecord.Take(tree, OwnerMap.None, TestContext.Current.CancellationToken);
        await Programs.RunAsync(["sh", "-e", "-c", $"cd {stack.Trees.Paths[0]}; {Changes.All[name].Script}"], TestContext.Current.CancellationToken);
        LayerDelta delta = record.Compare(tree, stack.View, OwnerMap.OfThisProcess(Path.GetTempPath()), null, TestContext.Current.CancellationToken).Complete(new HashSet<UnixPath>());

        Assert.Equal(Changes.All[name].Walked ?? Changes.All[name].Entries, Describe(delta, stack.View));
    }

    private static LayerStack Make(ScratchDirectory place, bool merged)
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && new[] { "setcap", "setfattr", "python3", "unshare" }.All(Programs.Has), "changing owners and capabilities takes root and their programs");
        return new LayerStack(place, merged).Push(Changes.Base).Push(Changes.Second);
    }

    private static string Describe(LayerDelta delta, StackView below) => string.Join(" | ", delta.ToEntries(below, null).Select(e => Describe(e.Entry)));

    private static string Describe(LayerEntry entry)
    {
        string kind = entry.Type switch
        {
            EntryType.File => $"{entry.Size} bytes",
            EntryType.Directory => "directory",
            EntryType.SymbolicLink => $"-> {Encoding.UTF8.GetString(entry.LinkText.AsSpan())}",
            EntryType.HardLink => $"= {entry.HardLinkTarget}",
            EntryType.Fifo => "pipe",
            _ => $"{entry.Type} {entry.Device.Major}:{entry.Device.Minor}",
        };
        string attributes = string.Concat(entry.Xattrs.Select(a => $" {a.Name}={Convert.ToHexString(a.Value)}"));
        string time = entry.ModifiedTime.Seconds > 1_700_000_000 ? "now" : $"{entry.ModifiedTime.Seconds}";
        return $"{entry.Path} {Convert.ToString(entry.Mode, 8)} {entry.Uid}:{entry.Gid} {kind} @{time}{attributes}";
    }
}
