// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Linux.Files;
using Kiln.SystemTests.Registry;
using Xunit;
using static Kiln.SystemTests.Layers.LayerFiles;

namespace Kiln.SystemTests.Layers;

/// <summary>Archives of other programs are unpacked and compared with what they were made of; Kiln's archives are read by those.</summary>
public sealed class RealTarTests
{
    /// <summary>What every format can hold.</summary>
    private const string Plain = """
        mkdir -p d/sub; printf hello > d/f; printf x > d/sub/x; ln d/f d/hard; ln -s f d/soft; ln -s /abs/olute d/far; : > empty; head -c 70000 /dev/zero > big
        chmod 4711 d/f; chmod 1777 d/sub; chown -h 1000:50 d/f d/soft d/sub; mkfifo pipe; mknod null c 1 3; mknod disk b 8 17
        touch -d @1234567890 big; touch "sp ace" 'new
        line' "$(printf 'b\377\376tes')" é
        """;

    private const string LongNames = """
        long=$(printf 'n%.0s' $(seq 200)); deep=$(printf 'd%.0s' $(seq 90)); mkdir -p $deep/$deep/$deep; printf 1 > $deep/$deep/$deep/f; printf 2 > $long
        ln -s $deep/$deep/$deep/$long link; ln $long hardlink; touch $deep/$long
        """;

    private const string Sparse = """
        truncate -s 3M hole; printf x > both; truncate -s 1M both; printf middle | dd of=both bs=1 seek=500000 conv=notrunc status=none; truncate -s 2M end; printf z >> end
        for i in $(seq 40); do printf data | dd of=many bs=1 seek=$((i*65536)) conv=notrunc status=none; done
        """;

    private const string Times = "touch -d '1960-01-01 00:00:00.5Z' old; touch -d '@0.000000001' one; touch -d @1700000000.123456789 new; touch -d @9999999999 far";

    private const string Xattrs = "printf x > f; setfattr -n user.bin -v 0x000aff3d f; setfattr -n user.empty f; setcap cap_net_raw+ep f; mkdir d; setfattr -n user.dir -v y d";

    public static TheoryData<string, string> Archives => new()
    {
        { Plain, "tar --format=v7 --exclude=pipe --exclude=null --exclude=disk -cf $A ." },
        { Plain, "tar --format=oldgnu -cf $A ." },
        { Plain, "tar --format=gnu -cf $A ." },
        { Plain, "tar --format=ustar -cf $A ." },
        { Plain, "tar --format=pax -cf $A ." },
        { Plain, "tar --format=posix -b 1 -cf $A d empty big pipe null disk" },
        { Plain, "tar --absolute-names --format=gnu --transform='s,^./,/,;' -cf $A ." },
        { Plain, "tar --listed-incremental=$A.list --format=gnu -cf $A ." },
        { Plain, "tar --label=name -cf $A ." },
        { Plain, "tar -cf $A d; tar -rf $A empty" },
        { Plain, "busybox tar -cf $A d empty big" },
        { Plain, "python3 -c \"import tarfile,os;t=tarfile.open(os.environ['A'],'w',format=tarfile.PAX_FORMAT);t.add('.')\"" },
        { Plain, "python3 -c \"import tarfile,os;t=tarfile.open(os.environ['A'],'w',format=tarfile.GNU_FORMAT);t.add('.')\"" },
        { Plain, "python3 -c \"import tarfile,os;t=tarfile.open(os.environ['A'],'w',format=tarfile.USTAR_FORMAT);t.add('.')\"" },
        { LongNames, "tar --format=gnu -cf $A ." },
        { LongNames, "tar --format=oldgnu -cf $A ." },
        { LongNames, "tar --format=pax -cf $A ." },
        { LongNames, "busybox tar -cf $A ." },
        { LongNames, "python3 -c \"import tarfile,os;t=tarfile.open(os.environ['A'],'w',format=tarfile.PAX_FORMAT);t.add('.')\"" },
        { Sparse, "tar --sparse --format=gnu -cf $A ." },
        { Sparse, "tar --sparse --format=oldgnu -cf $A ." },
        { Sparse, "tar --sparse --sparse-version=0.0 --format=pax -cf $A ." },
        { Sparse, "tar --sparse --sparse-version=0.1 --format=pax -cf $A ." },
        { Sparse, "tar --sparse --sparse-version=1.0 --format=pax -cf $A ." },
        { Times, "tar --format=pax -cf $A ." },
        { Xattrs, "tar --xattrs '--xattrs-include=*' -cf $A ." },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public async Task What_another_program_packed_is_unpacked_the_same(string setup, string pack)
    {
        using var place = Prepare();
        string archive = place.Path("a.tar"), original = place.Path("original"), tree = place.Path("tree"), again = place.Path("again");
        await Shell($"cd {original}; {setup}\nA={archive}; export A; {pack}; tar --xattrs '--xattrs-include=*' --numeric-owner -C {again} -xpf $A");
        using (var target = DirectoryHandle.Open(tree))
        using (var writer = new TreeWriter(target, new StackView(), new TreeOptions(OwnerMap.OfThisProcess(Path.GetTempPath()), Merged: false, ContentOnly: false)))
        await using (FileStream file = System.IO.File.OpenRead(archive))
            writer.Write(file, TestContext.Current.CancellationToken);

        // Held against what GNU tar makes of the archive, which may hold less than the original. Never with -P: that would write to the real root.
        using var expected = DirectoryHandle.Open(again);
        using var found = DirectoryHandle.Open(tree);
        string dump = TreeDump.Of(expected);
        Assert.True(dump.Split('\n').Length >= 2);
        Assert.Equal(dump, TreeDump.Of(found));
    }

    [Theory]
    [InlineData("tar --numeric-owner -C $T -xpf $A --xattrs '--xattrs-include=*'")]
    [InlineData("python3 -c \"import tarfile,os;tarfile.open(os.environ['A']).extractall(os.environ['T'],numeric_owner=True)\"; touch -h -d @1500000001 $T/l; setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 $T/cap")]
    public async Task What_Kiln_packed_is_unpacked_the_same_by_others(string unpack)
    {
        using var place = Prepare();
        string name = new('n', 120), archive = place.Path("a.tar"), tree = place.Path("tree");
        DeltaEntry[] entries =
        [
            Dir("d", 0x5FF), File("d/f", "content", 0x9ED, 3_000_000, 4_000_000), File("d/" + name, "long"), Dir("d/" + name + "d"), File("\u00e9\n=", "odd"),
            File("cap", "c", xattrs: Capability), Link("l", name + name), new DeltaEntry(Hard("h", "d/" + name).Entry with { ModifiedTime = File("d/" + name).Entry.ModifiedTime }, null), Node("p", EntryType.Fifo), Node("n", EntryType.CharacterDevice, 1, 3),
            File("big", new string('b', 700_000)), new DeltaEntry(File("old").Entry with { ModifiedTime = new UnixTime(-86_400) }, null),
        ];
        await using (FileStream file = System.IO.File.Create(archive))
        {
            var writer = new TarWriter(file);
            foreach ((LayerEntry entry, ContentSource? source) in entries)
                writer.Write(entry, source?.Open(), TestContext.Current.CancellationToken);
            writer.Complete();
        }
        await Shell($"A={archive} T={tree}; export A T; {unpack}");
        using LayerStack stack = new LayerStack(place).Push(entries);
        using var found = DirectoryHandle.Open(tree);

        Assert.Equal(TreeDump.Of(stack.View, stack.Trees), TreeDump.Of(found));
    }

    private static ScratchDirectory Prepare()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && new[] { "busybox", "python3", "setcap", "setfattr" }.All(Programs.Has), "owners take root, and witnesses their programs");
        var place = new ScratchDirectory();
        foreach (string folder in (string[])["original", "tree", "again"])
            Directory.CreateDirectory(place.Path(folder));
        return place;
    }

    private static Task<string> Shell(string script) => Programs.RunAsync(["sh", "-e", "-c", script], TestContext.Current.CancellationToken);
}
