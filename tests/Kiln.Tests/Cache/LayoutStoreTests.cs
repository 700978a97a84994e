// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Oci;
using Kiln.Store;
using Kiln.Tests.Store;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>An OCI layout as a cache of steps.</summary>
public sealed class LayoutStoreTests : StoreDirectory
{
    private readonly List<string> _warnings = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_saved_is_found_by_another_build_and_is_listed_in_the_layout()
    {
        RawDocument layer = Entries.Layer("x");
        CacheEntry entry = Entries.Of("make", layer);
        await Open().SaveAsync(entry, layer, Cancel);

        ICacheStore other = Open();
        CacheEntry? found = await other.FindAsync(entry.Key, Cancel);

        Assert.Equal(Entries.Describe(entry), Entries.Describe(found));
        Assert.Equal("x", await Entries.ReadAsync(other.OpenLayer(found!), Cancel));
        Assert.Equal(entry.Parts, await other.ReadPartsAsync(found!, Cancel));
        Assert.Equal([entry.Key], await other.ListAsync(Cancel).Select(e => e.Key).ToListAsync(Cancel));
        LocatedImage listed = await (await new OciLayoutReader(PathOf("cache")).ListAsync(Cancel)).FindAsync(entry.Key.ToString(), Cancel);
        Assert.Equal([layer.Digest], ImageManifest.Parse(listed.Root).Layers.Select(l => l.Digest));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Images_in_the_same_layout_stay()
    {
        Image image = SampleImages.Create("app");
        await new OciLayoutWriter(PathOf("cache"), TimeProvider.System).WriteAsync(image, [ImageReference.Parse("h.io/app:1")], Cancel);

        await Open().SaveAsync(Entries.Of("make"), null, Cancel);
        await Open().SaveAsync(Entries.Of("make"), null, Cancel);

        Assert.NotNull(await Open().FindAsync(Entries.Of("make").Key, Cancel));
        ImageIndex index = await new OciLayoutReader(PathOf("cache")).ReadIndexAsync(Cancel);
        Assert.Equal(2, index.Manifests.Count);
        Assert.Equal(image.Digest, index.Manifests[0].Digest);
    }

    [Fact]
    public async Task Builds_that_save_at_once_lose_nothing()
    {
        string[] words = [.. Enumerable.Range(0, 40).Select(i => $"step {i}")];

        await Parallel.ForEachAsync(words, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Cancel }, async (word, token) =>
        {
            RawDocument layer = Entries.Layer(word);
            await Open().SaveAsync(Entries.Of(word, layer), layer, token);
        });

        ICacheStore store = Open();
        foreach (string word in words)
            Assert.NotNull(await store.FindAsync(Entries.Of(word).Key, Cancel));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_build_finds_what_another_saved_after_it_first_looked()
    {
        ICacheStore store = Open();
        Assert.Null(await store.FindAsync(Entries.Of("make").Key, Cancel));

        await Open().SaveAsync(Entries.Of("make"), null, Cancel);

        Assert.NotNull(await store.FindAsync(Entries.Of("make").Key, Cancel));
    }

    [Fact]
    public async Task A_damaged_index_gives_misses_or_what_was_saved()
    {
        CacheEntry entry = Entries.Of("make");
        await Open().SaveAsync(entry, null, Cancel);
        byte[] whole = await File.ReadAllBytesAsync(PathOf("cache", "index.json"), Cancel);

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            await File.WriteAllBytesAsync(PathOf("cache", "index.json"), flipped, Cancel);
            CacheEntry? found = await Open().FindAsync(entry.Key, Cancel);
            Assert.True(found is null || Entries.Describe(found) == Entries.Describe(entry), $"byte {at} makes {Entries.Describe(found)}");
            await File.WriteAllBytesAsync(PathOf("cache", "index.json"), whole[..at], Cancel);
            Assert.Null(await Open().FindAsync(entry.Key, Cancel));
        }
    }

    private ICacheStore Open() => CacheMediaOf.Options(null, null, Warn).Open(new LayoutCache("oci:cache", PathOf("cache")));

    private void Warn(string text)
    {
        lock (_warnings)
            _warnings.Add(text);
    }
}
