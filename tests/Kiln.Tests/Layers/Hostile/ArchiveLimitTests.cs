// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using Kiln.Layers.Blobs;
using Kiln.Layers.Indexes;
using Kiln.Layers.Tar;
using Kiln.Layers.Trees;
using Kiln.Tests.LinuxFiles;
using Xunit;

namespace Kiln.Tests.Layers.Hostile;

/// <summary>Archives that would take more of the machine than they are worth are stopped, and large ones that mean no harm are not.</summary>
public sealed class ArchiveLimitTests
{
    /// <summary>45 million zeros in 50 bytes.</summary>
    private static readonly byte[] Bzip2Bomb = Convert.FromHexString(
        "425a6839314159265359c901b6c80158ab4020c00010000008200030cc0529a65248526c5492149e2ee48a70a12192036d90");

    [Fact]
    public void A_packed_archive_that_becomes_too_much_is_stopped()
    {
        using Stream plain = Decompression.Open(new MemoryStream(Bzip2Bomb), new ExpansionLimit(Always: 1 << 20, Ratio: 1100));

        Assert.StartsWith("its 50 bytes become more than 1,", Assert.Throws<ArchiveLimitException>(() => plain.CopyTo(Stream.Null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_is_never_stopped_for_its_ratio()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
            gzip.Write(new byte[50_000_000]);
        packed.Position = 0;
        using Stream plain = Decompression.Open(packed, new ExpansionLimit(Always: 1 << 20, ExpansionLimit.Default.Ratio));
        using var counted = new MemoryStream();

        plain.CopyTo(counted);

        Assert.Equal(50_000_000, counted.Length);
    }

    [Fact]
    public void A_hundred_gigabytes_that_pack_as_well_as_text_are_no_harm()
    {
        ExpansionLimit.Default.Check(plain: 100L << 30, packed: 20L << 30);
        ExpansionLimit.Default.Check(plain: 16L << 30, packed: 1);

        Assert.Throws<ArchiveLimitException>(() => ExpansionLimit.Default.Check(plain: 100L << 30, packed: 90L << 20));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Entries_beyond_the_memory_are_stopped(bool large)
    {
        var archive = new TarBytes();
        for (int i = 0; i < (large ? 80 : 80_000); i++)
            (large ? archive.AddPax(("SCHILY.xattr.user.x", new string('v', 900_000))) : archive).Add("f");
        var reader = new TarReader(new MemoryStream(archive.End()), new ListingLimit(_ => 1001, most: 1000));

        string message = Assert.Throws<ArchiveLimitException>(() => ReadAll(reader)).Message;
        Assert.EndsWith(" entries so far do not fit into memory", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_could_be_freed_does_not_count()
    {
        var archive = new TarBytes();
        for (int i = 0; i < 80_000; i++)
            archive.Add("f");
        var asked = new List<bool>();
        var reader = new TarReader(new MemoryStream(archive.End()), new ListingLimit(Measure, most: 1000));

        Assert.Equal(80_000, ReadAll(reader));
        Assert.Equal([false, true], asked);

        long Measure(bool exact)
        {
            asked.Add(exact);
            return exact ? 999 : 1001;
        }
    }

    [Fact]
    public void A_sparse_file_takes_no_more_of_the_disk_than_the_archive_holds()
    {
        using var tree = new TempTree();
        byte[] archive = new TarBytes().AddPax(("GNU.sparse.map", "1048576,4"), ("GNU.sparse.size", "17179869184")).Add("f", "data").End();
        using var writer = new TreeWriter(tree.Handle, new StackView(), new TreeOptions(OwnerMap.None, Merged: false, ContentOnly: false));
        writer.Write(new MemoryStream(archive), TestContext.Current.CancellationToken);

        using FileStream file = File.OpenRead(tree.Path("f"));
        byte[] found = new byte[6];
        file.Position = 1048575;
        file.ReadExactly(found);
        Assert.Equal("\0data\0"u8.ToArray(), found);
        Assert.Equal(16L << 30, file.Length);
    }

    private static int ReadAll(TarReader reader)
    {
        int count = 0;
        while (reader.ReadNext() is not null)
            count++;
        return count;
    }
}
