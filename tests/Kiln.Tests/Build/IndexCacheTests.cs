// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Layers.Indexes;
using Kiln.Oci;
using Kiln.Tests.Store;
using Xunit;
using static Kiln.Tests.Layers.LayerFiles;

namespace Kiln.Tests.Build;

public sealed class IndexCacheTests : StoreDirectory
{
    private static readonly Digest DiffId = Digest.Sha256("tar"u8), Blob = Digest.Sha256("gzip"u8), OtherBlob = Digest.Sha256("zstd"u8);
    private static readonly LayerIndex Index = new([Dir("a"), File("a/b", 3)]);

    private readonly List<string> _said = [];

    private IndexCache Cache => new(Root, _said.Add);

    [Fact]
    public void What_was_kept_is_found_by_another_build()
    {
        Cache.Keep(DiffId, Blob, Index);

        Assert.Equal(["a", "a/b"], Cache.Find(DiffId, Blob)!.Entries.Select(e => e.Path.ToString()));
        Assert.Empty(_said);
    }

    [Fact]
    public void A_blob_that_was_never_read_cannot_borrow_the_index_of_the_diff_id_it_claims()
    {
        Cache.Keep(DiffId, Blob, Index);

        Assert.Null(Cache.Find(DiffId, OtherBlob));
        Cache.Keep(DiffId, OtherBlob, Index);
        Assert.NotNull(Cache.Find(DiffId, OtherBlob));
        Assert.NotNull(Cache.Find(DiffId, Blob));
    }

    [Fact]
    public void A_broken_index_is_passed_over_and_made_anew()
    {
        Cache.Keep(DiffId, Blob, Index);
        string entries = Files.Single(f => f.EndsWith("entries", StringComparison.Ordinal));
        System.IO.File.WriteAllText(PathOf(entries), "KILNIDX1 and then nothing of sense, but more than forty bytes of it");

        Assert.Null(Cache.Find(DiffId, Blob));
        Assert.Contains("passed over: its checksum is wrong", Assert.Single(_said));
        Cache.Keep(DiffId, Blob, Index);
        Assert.NotNull(Cache.Find(DiffId, Blob));
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_no_failure()
    {
        System.IO.File.WriteAllText(PathOf("file"), "");
        var cache = new IndexCache(PathOf("file"), _said.Add);

        cache.Keep(DiffId, Blob, Index);

        Assert.Contains("is not kept", Assert.Single(_said));
        Assert.Null(cache.Find(DiffId, Blob));
    }

    [Fact]
    public void Nothing_half_written_stays_where_many_keep_the_same_index()
    {
        Parallel.For(0, 16, _ => new IndexCache(Root, _ => { }).Keep(DiffId, Blob, Index));

        Assert.Equal(2, Files.Count());
        Assert.NotNull(Cache.Find(DiffId, Blob));
    }
}
