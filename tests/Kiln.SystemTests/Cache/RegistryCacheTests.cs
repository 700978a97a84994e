// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Cache;
using Kiln.Cache.Upkeep;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Cache;

/// <summary>Caches in a real registry.</summary>
public sealed class RegistryCacheTests
{
    private static readonly RegistryOptions Options = new() { UserAgent = "kiln/test", Tries = 2, RetryDelay = TimeSpan.FromMilliseconds(10) };

    private readonly ConcurrentQueue<string> _warnings = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData(":main")]
    public async Task What_was_saved_is_found_by_another_build_with_its_layer_and_its_parts(string tag)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = new(Options, new NoCredentials(), TimeProvider.System);
        using CacheMedia media = Media(client, new CacheOptions { VerifiesLayers = true });
        (RawDocument layer, CacheEntry entry) = CachedSteps.Create("make");
        CacheEntry bare = entry with { Key = new CacheKey(Digest.Sha256("bare"u8)), Layer = null };
        ICacheStore saving = Open(media, registry, tag);
        Assert.Null(await saving.FindAsync(entry.Key, Cancel));
        await Task.WhenAll(saving.SaveAsync(entry, layer, Cancel), saving.SaveAsync(bare, null, Cancel));

        ICacheStore store = Open(media, registry, tag);
        CacheEntry? found = await store.FindAsync(entry.Key, Cancel);

        Assert.Equal(entry.Layer!.DiffId, found?.Layer?.DiffId);
        Assert.Equal(entry.Created, found!.Created);
        Assert.Null((await store.FindAsync(bare.Key, Cancel))!.Layer);
        await using Stream stream = await store.OpenLayer(found).OpenAsync(Cancel);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Cancel);
        Assert.Equal(layer.Content.ToArray(), content.ToArray());
        Assert.Equal(entry.Parts, await store.ReadPartsAsync(found, Cancel));
        Assert.Equal(2, await store.ListAsync(Cancel).CountAsync(Cancel));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_layer_that_another_repository_has_is_mounted_and_not_sent()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = new(Options, new NoCredentials(), TimeProvider.System);
        using CacheMedia media = Media(client, new CacheOptions());
        (RawDocument layer, CacheEntry entry) = CachedSteps.Create("make");
        ImageReference app = ImageReference.Parse($"{registry.Address}/team/app");
        await client.PushBlobAsync(app, layer, Cancel);

        await Open(media, registry, "").SaveAsync(entry, new Unreadable(layer.Descriptor, app), Cancel);

        Assert.NotNull(await Open(media, registry, "").FindAsync(entry.Key, Cancel));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Builds_that_write_the_same_tag_at_once_lose_little_and_break_nothing()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = new(Options, new NoCredentials(), TimeProvider.System);
        using CacheMedia media = Media(client, new CacheOptions());
        string[] words = [.. Enumerable.Range(0, 24).Select(i => $"step {i}")];

        await Parallel.ForEachAsync(words.Chunk(6), Cancel, async (own, token) =>
        {
            ICacheStore store = Open(media, registry, ":main");
            await Task.WhenAll(own.Select(word => store.SaveAsync(CachedSteps.Create(word).Entry, CachedSteps.Create(word).Layer, token)));
        });

        ICacheStore after = Open(media, registry, ":main");
        CacheEntry?[] found = await Task.WhenAll(words.Select(word => after.FindAsync(CachedSteps.Create(word).Entry.Key, Cancel)));
        Assert.InRange(found.OfType<CacheEntry>().Count(), words.Length / 2, words.Length);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":main")]
    public async Task What_is_pruned_is_gone_and_what_others_keep_there_stays(string tag)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = new(Options, new NoCredentials(), TimeProvider.System);
        using CacheMedia media = Media(client, new CacheOptions());
        ImageReference image = ImageReference.Parse($"{registry.Address}/team/cache:{new string('a', 64)}");
        await client.PushImageAsync(image, TestImages.Create(ImageFormat.Docker), Cancel);
        (RawDocument layer, CacheEntry entry) = CachedSteps.Create("make");
        await Open(media, registry, tag).SaveAsync(entry, layer, Cancel);
        CacheUpkeep upkeep = media.OpenUpkeep(Place(registry, tag));
        Assert.Empty((await upkeep.VerifyAsync(removes: false, Cancel)).Bad);

        PruneSummary summary = await upkeep.PruneAsync(new PruneOptions { KeepBytes = 0 }, Cancel);

        Assert.Equal([entry.Key.ToString()], summary.Removed.Select(item => item.Key));
        Assert.Null(await Open(media, registry, tag).FindAsync(entry.Key, Cancel));
        Assert.NotNull(await client.FindManifestAsync(image, Cancel));
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_registry_that_deletes_nothing_is_told_of_with_what_permits_it()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { DeletesNothing = true }, Cancel);
        await using RegistryClient client = new(Options, new NoCredentials(), TimeProvider.System);
        using CacheMedia media = Media(client, new CacheOptions());
        (RawDocument layer, CacheEntry entry) = CachedSteps.Create("make");
        await Open(media, registry, "").SaveAsync(entry, layer, Cancel);

        var refusal = await Assert.ThrowsAsync<BuildException>(
            () => media.OpenUpkeep(Place(registry, "")).PruneAsync(new PruneOptions { KeepBytes = 0 }, Cancel));

        Assert.Contains("REGISTRY_STORAGE_DELETE_ENABLED", refusal.Diagnostic.Hint);
    }

    [Fact]
    public async Task Who_is_not_let_in_builds_without_a_cache()
    {
        var options = new DockerRegistryOptions { User = ("me", "secret") };
        await using DockerRegistry registry = await DockerRegistry.StartAsync(options, Cancel);
        await using RegistryClient client = new(Options, new NoCredentials(), TimeProvider.System);
        using CacheMedia media = Media(client, new CacheOptions());
        ICacheStore store = Open(media, registry, "");
        (RawDocument layer, CacheEntry entry) = CachedSteps.Create("make");

        Assert.Null(await store.FindAsync(entry.Key, Cancel));
        await store.SaveAsync(entry, layer, Cancel);

        Assert.Equal(2, _warnings.Count);
        Assert.All(_warnings, warning => Assert.Contains("answered 401", warning));
    }

    private CacheMedia Media(RegistryClient client, CacheOptions options) => new(options, client, TimeProvider.System, _warnings.Enqueue);

    private static ICacheStore Open(CacheMedia media, DockerRegistry registry, string tag) => media.Open(Place(registry, tag));

    private static CachePlace Place(DockerRegistry registry, string tag) => tag.Length == 0
        ? new RepositoryCache("cache", ImageReference.Parse($"{registry.Address}/team/cache"))
        : new ScopeCache("cache", ImageReference.Parse($"{registry.Address}/team/cache{tag}"));

    /// <summary>A blob that is elsewhere in the registry, and whose bytes nobody gets.</summary>
    private sealed record Unreadable(Descriptor Descriptor, ImageReference Origin) : IBlobSource
    {
        ImageReference? IBlobSource.Origin => Origin;

        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("the layer was read");
    }
}
