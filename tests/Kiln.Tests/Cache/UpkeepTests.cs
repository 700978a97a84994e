// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cache.Upkeep;
using Kiln.Oci;
using Kiln.Store;
using Kiln.Tests.Store;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>Listing, measuring, pruning and verifying caches on disk.</summary>
public sealed class UpkeepTests : StoreDirectory
{
    private readonly SetTime _time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Kinds => [true, false];

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_is_kept_is_listed_and_measured_a_shared_layer_once(bool isLayout)
    {
        await SaveAsync(isLayout, "one", "same");
        await SaveAsync(isLayout, "two", "same");
        await SaveAsync(isLayout, "three", "other");

        CacheUsage usage = await Upkeep(isLayout).MeasureAsync(Cancel);
        List<CachedItem> items = await Upkeep(isLayout).ListAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal((3, 0, 2), (usage.Entries, usage.Broken, usage.Layers));
        Assert.Equal(["RUN one", "RUN three", "RUN two"], items.Select(item => item.Title).Order());
        Assert.All(items, item => Assert.Null(item.Flaw));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_was_not_used_for_some_days_goes_with_its_layer(bool isLayout)
    {
        await SaveAsync(isLayout, "old", "x");
        _time.Advance(TimeSpan.FromDays(3));
        await SaveAsync(isLayout, "young", "y");
        _time.Advance(TimeSpan.FromHours(2));

        PruneSummary summary = await Upkeep(isLayout).PruneAsync(new PruneOptions { KeepFor = TimeSpan.FromDays(1) }, Cancel);

        Assert.Equal(["RUN old"], summary.Removed.Select(item => item.Title));
        Assert.Equal(1, summary.Kept);
        Assert.False(HasBlob(Entries.Layer("x")));
        Assert.True(HasBlob(Entries.Layer("y")));
        Assert.Null(await Open(isLayout).FindAsync(Entries.Of("old").Key, Cancel));
        Assert.NotNull(await Open(isLayout).FindAsync(Entries.Of("young").Key, Cancel));
    }

    [Fact]
    public async Task An_entry_that_was_found_lately_counts_as_used_lately()
    {
        await SaveAsync(false, "used", "x");
        await SaveAsync(false, "unused", "y");
        _time.Advance(TimeSpan.FromDays(3));
        await Open(false).FindAsync(Entries.Of("used").Key, Cancel);

        PruneSummary summary = await Upkeep(false).PruneAsync(new PruneOptions { KeepFor = TimeSpan.FromDays(1) }, Cancel);

        Assert.Equal(["RUN unused"], summary.Removed.Select(item => item.Title));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Of_more_than_may_be_kept_the_last_used_stays(bool isLayout)
    {
        foreach (string word in new[] { "a", "b", "c" })
        {
            await SaveAsync(isLayout, word, new string(word[0], 100_000));
            _time.Advance(TimeSpan.FromHours(2));
        }

        PruneSummary summary = await Upkeep(isLayout).PruneAsync(new PruneOptions { KeepBytes = 250_000 }, Cancel);

        Assert.Equal(["RUN a"], summary.Removed.Select(item => item.Title));
        Assert.InRange(summary.FreedBytes, 100_000, 110_000);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_trial_removes_nothing_and_says_the_same(bool isLayout)
    {
        await SaveAsync(isLayout, "old", "x");
        _time.Advance(TimeSpan.FromDays(3));
        string[] before = [.. Files];

        PruneSummary summary = await Upkeep(isLayout).PruneAsync(new PruneOptions { KeepFor = TimeSpan.FromDays(1), IsTrial = true }, Cancel);

        Assert.Equal(["RUN old"], summary.Removed.Select(item => item.Title));
        Assert.Equal(before, Files);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_layer_that_was_wanted_in_the_last_hour_stays_for_whoever_found_it(bool isLayout)
    {
        await SaveAsync(isLayout, "make", "x");
        ICacheStore store = Open(isLayout);
        CacheEntry found = (await store.FindAsync(Entries.Of("make").Key, Cancel))!;
        _time.Advance(TimeSpan.FromMinutes(50));

        await Upkeep(isLayout).PruneAsync(new PruneOptions { KeepBytes = 0 }, Cancel);

        Assert.Equal("x", await Entries.ReadAsync(store.OpenLayer(found), Cancel));
        Assert.Empty(await Upkeep(isLayout).ListAsync(Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Images_in_the_same_layout_keep_their_layers()
    {
        Image image = SampleImages.Create("app");
        await new OciLayoutWriter(PathOf("cache"), TimeProvider.System).WriteAsync(image, [ImageReference.Parse("h.io/app:1")], Cancel);
        await SaveAsync(true, "make", "x");
        _time.Advance(TimeSpan.FromDays(100_000));

        await Upkeep(true).PruneAsync(new PruneOptions { KeepBytes = 0 }, Cancel);

        Assert.False(HasBlob(Entries.Layer("x")));
        Image kept = await new OciLayoutReader(PathOf("cache")).ReadAsync("1", new Platform("linux", "amd64"), Cancel);
        Assert.Equal("app", await Entries.ReadAsync(kept.Layers[0], Cancel));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Layers_of_other_bytes_or_diff_ids_are_found_and_removed_when_asked(bool isLayout)
    {
        (RawDocument right, CacheEntry entry) = Entries.Packed("right");
        (RawDocument damaged, CacheEntry hurt) = Entries.Packed("damaged");
        CacheEntry lying = entry with { Key = Entries.Of("lying").Key, Layer = entry.Layer! with { DiffId = Digest.Sha256("other"u8) } };
        foreach ((CacheEntry one, RawDocument layer) in new[] { (entry, right), (hurt, damaged), (lying, right) })
            await Open(isLayout).SaveAsync(one, layer, Cancel);
        await File.WriteAllBytesAsync(BlobPath(damaged), new byte[damaged.Descriptor.Size], Cancel);

        (int count, var bad) = await Upkeep(isLayout).VerifyAsync(removes: false, Cancel);
        Assert.Equal(3, count);
        Assert.Equal(new[] { hurt, lying }.Select(e => e.Key.ToString()).Order(), bad.Select(item => item.Key));
        Assert.True(HasBlob(damaged));

        await Upkeep(isLayout).VerifyAsync(removes: true, Cancel);
        (count, bad) = await Upkeep(isLayout).VerifyAsync(removes: false, Cancel);
        Assert.Equal((1, 0), (count, bad.Length));
        Assert.True(HasBlob(right));
        Assert.False(HasBlob(damaged));
    }

    [Fact]
    public async Task A_broken_entry_is_listed_counted_and_pruned()
    {
        await SaveAsync(false, "make", "x");
        await File.WriteAllTextAsync(PathOf("cache", "entries", Entries.Of("make").Key.ToString()), "{", Cancel);

        CachedItem item = Assert.Single(await Upkeep(false).ListAsync(Cancel).ToListAsync(Cancel));
        PruneSummary summary = await Upkeep(false).PruneAsync(new PruneOptions(), Cancel);

        Assert.NotNull(item.Flaw);
        Assert.Single(summary.Removed);
        Assert.Empty(await Upkeep(false).ListAsync(Cancel).ToListAsync(Cancel));
    }

    private CachePlace Place(bool isLayout) => isLayout ? new LayoutCache("oci:cache", PathOf("cache")) : new DirectoryCache("cache", PathOf("cache"));

    private ICacheStore Open(bool isLayout) => CacheMediaOf.Options(null, _time, Assert.Fail).Open(Place(isLayout));

    private CacheUpkeep Upkeep(bool isLayout) => CacheMediaOf.Options(null, _time, Assert.Fail).OpenUpkeep(Place(isLayout));

    private string BlobPath(IBlobSource blob) => PathOf("cache", "blobs", "sha256", blob.Descriptor.Digest.Hex);

    private bool HasBlob(IBlobSource blob) => File.Exists(BlobPath(blob));

    /// <summary>Files get their times from this test's clock, as they would from the machine's.</summary>
    private async Task SaveAsync(bool isLayout, string word, string content)
    {
        RawDocument layer = Entries.Layer(content);
        HashSet<string> before = [.. Directory.Exists(PathOf("cache")) ? Directory.GetFiles(PathOf("cache"), "*", SearchOption.AllDirectories) : []];
        await Open(isLayout).SaveAsync(Entries.Of(word, layer), layer, Cancel);
        foreach (string file in Directory.GetFiles(PathOf("cache"), "*", SearchOption.AllDirectories).Where(file => !before.Contains(file)))
            File.SetLastWriteTimeUtc(file, _time.GetUtcNow().UtcDateTime);
    }
}
