// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Cache;
using Kiln.Cache.Upkeep;
using Kiln.Clouds.Amazon;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Store.Buckets;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>A bucket as a cache of steps.</summary>
public sealed class BucketStoreTests
{
    private readonly ConcurrentQueue<string> _warnings = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_saved_is_found_by_another_build_with_its_layer_and_its_parts()
    {
        await using var bucket = new FakeBucket();
        using CacheMedia media = Media(bucket);
        RawDocument layer = Entries.Layer("x");
        CacheEntry entry = Entries.Of("make", layer);
        await media.Open(Place()).SaveAsync(entry, layer, Cancel);
        await media.Open(Place()).SaveAsync(Entries.Of("bare"), null, Cancel);

        ICacheStore store = media.Open(Place());
        CacheEntry? found = await store.FindAsync(entry.Key, Cancel);

        Assert.Equal(Entries.Describe(entry), Entries.Describe(found));
        Assert.Equal("x", await Entries.ReadAsync(store.OpenLayer(found!), Cancel));
        Assert.Equal(entry.Parts, await store.ReadPartsAsync(found!, Cancel));
        Assert.Equal(2, await store.ListAsync(Cancel).CountAsync(Cancel));
        Assert.Null(await store.FindAsync(Entries.Of("other").Key, Cancel));
        Assert.Empty(_warnings);
        Assert.Contains($"te am/entries/kiln/{entry.Key}", bucket.Objects.Keys);
    }

    [Fact]
    public async Task A_hit_is_one_request_and_a_blob_that_is_there_is_not_sent_again()
    {
        await using var bucket = new FakeBucket();
        using CacheMedia media = Media(bucket);
        RawDocument layer = Entries.Layer("x");
        await media.Open(Place()).SaveAsync(Entries.Of("one", layer), layer, Cancel);
        bucket.Server.Requests.Clear();

        await media.Open(Place()).FindAsync(Entries.Of("one").Key, Cancel);
        Assert.Single(bucket.Server.Requests);
        await media.Open(Place()).SaveAsync(Entries.Of("two", layer), layer, Cancel);

        Assert.DoesNotContain(bucket.Server.Requests, request => request.Method == "PUT" && request.Path.EndsWith(layer.Digest.Hex, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_the_wrong_key_builds_without_the_cache_and_is_told_once_whose_key_it_was()
    {
        await using var bucket = new FakeBucket();
        using CacheMedia media = Media(bucket, "another");
        ICacheStore store = media.Open(Place());

        Assert.Null(await store.FindAsync(Entries.Of("one").Key, Cancel));
        Assert.Null(await store.FindAsync(Entries.Of("two").Key, Cancel));

        string warning = Assert.Single(_warnings);
        Assert.Contains("answered 403 (SignatureDoesNotMatch: no) (asked with the key of the test)", warning);
    }

    [Fact]
    public async Task What_is_pruned_goes_with_layers_that_nobody_names_or_wrote_lately()
    {
        await using var bucket = new FakeBucket();
        using CacheMedia media = Media(bucket);
        RawDocument old = Entries.Layer("old"), shared = Entries.Layer("shared"), young = Entries.Layer("young");
        bucket.Now -= TimeSpan.FromDays(5);
        await media.Open(Place()).SaveAsync(Entries.Of("old", old), old, Cancel);
        await media.Open(Place()).SaveAsync(Entries.Of("shared", shared), shared, Cancel);
        await media.Open(Place("other")).SaveAsync(Entries.Of("shared", shared), shared, Cancel);
        bucket.Now += TimeSpan.FromDays(5);
        await media.Open(Place()).SaveAsync(Entries.Of("young", young), young, Cancel);

        PruneSummary summary = await media.OpenUpkeep(Place()).PruneAsync(new PruneOptions { KeepBytes = 0 }, Cancel);

        Assert.Equal(3, summary.Removed.Length);
        Assert.Equal(
            new[] { shared, young }.Select(layer => layer.Digest.Hex).Order(),
            bucket.Objects.Keys.Select(key => key.Split('/')[^1]).Intersect(new[] { old, shared, young }.Select(layer => layer.Digest.Hex)).Order());
        Assert.NotNull(await media.Open(Place("other")).FindAsync(Entries.Of("shared").Key, Cancel));
    }

    [Theory]
    [InlineData(null, false, "https://b.s3.eu-central-1.amazonaws.com/")]
    [InlineData(null, true, "https://s3.eu-central-1.amazonaws.com/b/")]
    [InlineData("http://minio:9000", true, "http://minio:9000/b/")]
    [InlineData("https://store.example/s3/", false, "https://b.store.example/s3/")]
    public void A_bucket_is_part_of_the_hosts_name_or_of_the_path(string? endpoint, bool usesPath, string address)
    {
        var options = new BucketOptions { Bucket = "b", Region = "eu-central-1", Endpoint = endpoint is null ? null : new Uri(endpoint), UsesPath = usesPath };

        Assert.Equal(address, options.Address.ToString());
    }

    private static BucketCache Place(string scope = "kiln") => new("s3", new BucketOptions { Bucket = "b", Region = FakeBucket.Region, UsesPath = true }, "te am/", scope, null);

    private CacheMedia Media(FakeBucket bucket, string secret = FakeBucket.Secret)
    {
        var patience = new Patience(2, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(30));
        var key = new AmazonCredential("AKIA", secret, null, DateTimeOffset.MaxValue, "the test");
        return new CacheMedia(new CacheOptions(), RegistryClients.Create(), TimeProvider.System, _warnings.Enqueue)
        {
            Buckets = place => new BucketClient(
                place.Bucket with { Endpoint = new Uri($"http://{bucket.Server.Address}/") }, _ => new(key), "kiln/test", ServerAccess.Direct, patience, TimeProvider.System),
        };
    }
}
