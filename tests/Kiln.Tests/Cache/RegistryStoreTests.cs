// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Cache;
using Kiln.Cache.Entries;
using Kiln.Cache.Media;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Cache;

/// <summary>A repository as a cache of steps, with servers that do what the real one does not.</summary>
public sealed class RegistryStoreTests
{
    private static readonly RawDocument Layer = Entries.Layer("x");
    private static readonly CacheEntry Entry = Entries.Of("make", Layer);
    private static readonly RawDocument Manifest = EntryManifest.Write(Entry, Layer, Timestamp.From(TimeProvider.System.GetUtcNow())).Manifest;

    private readonly ConcurrentQueue<string> _warnings = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_hit_is_one_request_for_the_keys_tag()
    {
        await using var server = new FakeServer(request => request.Path == $"/v2/team/cache/manifests/{Entry.Key}" ? Answer(Manifest) : FakeResponse.Of(404));
        await using RegistryClient client = RegistryClients.Create();

        CacheEntry? found = await Open(client, server).FindAsync(Entry.Key, Cancel);

        Assert.Equal(Entries.Describe(Entry), Entries.Describe(found));
        Assert.Equal([$"GET /v2/team/cache/manifests/{Entry.Key}"], server.Log);
        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task A_layer_says_which_repository_it_can_be_mounted_from()
    {
        await using var server = new FakeServer(_ => Answer(Manifest));
        await using RegistryClient client = RegistryClients.Create();
        ICacheStore store = Open(client, server);

        CacheEntry? found = await store.FindAsync(Entry.Key, Cancel);

        Assert.Equal($"{server.Address}/team/cache", store.OpenLayer(found!).Origin?.Name);
    }

    [Fact]
    public async Task What_is_not_there_and_what_others_keep_there_are_misses_without_a_word()
    {
        RawDocument foreign = SampleEntryOfKaniko();
        await using var server = new FakeServer(request => request.Path.EndsWith(Entry.Key.ToString(), StringComparison.Ordinal) ? Answer(foreign) : FakeResponse.Of(404));
        await using RegistryClient client = RegistryClients.Create();
        ICacheStore store = Open(client, server);

        Assert.Null(await store.FindAsync(Entry.Key, Cancel));
        Assert.Null(await store.FindAsync(Entries.Of("other").Key, Cancel));

        Assert.Empty(_warnings);
    }

    [Fact]
    public async Task Another_keys_entry_under_a_tag_is_a_miss()
    {
        await using var server = new FakeServer(_ => Answer(Manifest));
        await using RegistryClient client = RegistryClients.Create();

        Assert.Null(await Open(client, server).FindAsync(Entries.Of("other").Key, Cancel));

        Assert.Contains("is another key's entry", Assert.Single(_warnings));
    }

    [Theory]
    [InlineData(401, "answered 401")]
    [InlineData(403, "answered 403")]
    [InlineData(503, "answered 503")]
    public async Task A_registry_that_refuses_or_fails_is_told_of_once_and_not_asked_again(int status, string told)
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(status));
        await using RegistryClient client = RegistryClients.Create();
        ICacheStore store = Open(client, server);

        Assert.All(await Task.WhenAll(Enumerable.Range(0, 5).Select(i => store.FindAsync(Entries.Of($"{i}").Key, Cancel))), Assert.Null);
        int asked = server.Requests.Count;
        Assert.Null(await store.FindAsync(Entry.Key, Cancel));

        Assert.Contains(told, Assert.Single(_warnings));
        Assert.Equal(asked, server.Requests.Count);
        // A lookup is not worth all tries.
        Assert.InRange(asked, 1, 5 * 2 * 2);
    }

    [Fact]
    public async Task Who_lacks_credentials_is_told_where_they_are_looked_for()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(401, "", ("WWW-Authenticate", "Basic realm=\"x\"")));
        await using RegistryClient client = RegistryClients.Create();

        Assert.Null(await Open(client, server).FindAsync(Entry.Key, Cancel));

        Assert.Contains("`the test`", Assert.Single(_warnings));
    }

    [Fact]
    public async Task A_registry_that_takes_nothing_is_given_nothing_more()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(403));
        await using RegistryClient client = RegistryClients.Create();
        ICacheStore store = Open(client, server);

        await store.SaveAsync(Entry, Layer, Cancel);
        int asked = server.Requests.Count;
        await store.SaveAsync(Entries.Of("other"), null, Cancel);

        Assert.StartsWith("nothing more is kept in the cache `team/cache`", Assert.Single(_warnings), StringComparison.Ordinal);
        Assert.Equal(asked, server.Requests.Count);
    }

    [Fact]
    public async Task One_request_answers_all_lookups_where_a_tag_lists_the_entries()
    {
        NewEntry entry = EntryManifest.Write(Entry, Layer, Timestamp.From(TimeProvider.System.GetUtcNow()));
        RawDocument index = EntryIndex.Empty.With([EntryIndex.Describe(entry)]).ToDocument();
        await using var server = new FakeServer(_ => Answer(index));
        await using RegistryClient client = RegistryClients.Create();
        using CacheMedia media = CacheMediaOf.Options(null, null, _warnings.Enqueue, client);
        ICacheStore store = media.Open(new ScopeCache("scope", ImageReference.Parse($"{server.Address}/team/cache:main")));

        CacheEntry?[] found = await Task.WhenAll(new[] { "make", "other", "third" }.Select(word => store.FindAsync(Entries.Of(word).Key, Cancel)));

        Assert.Equal(Entries.Describe(Entry), Entries.Describe(found[0]));
        Assert.Null(found[1]);
        Assert.Null(found[2]);
        Assert.Equal(["GET /v2/team/cache/manifests/main"], server.Log);
    }

    [Fact]
    public async Task An_image_under_the_tag_of_a_cache_is_neither_read_nor_overwritten()
    {
        Image image = Image.Create(new ImageConfig { Os = "linux", Architecture = "amd64" }, [], ImageFormat.Oci);
        await using var server = new FakeServer(request => request.Method != "GET" ? FakeResponse.Of(request.Method == "HEAD" ? 200 : 201)
            : request.Path.Contains("/blobs/", StringComparison.Ordinal) ? Answer(image.Config)
            : Answer(image.Manifest));
        await using RegistryClient client = RegistryClients.Create();
        using CacheMedia media = CacheMediaOf.Options(null, null, _warnings.Enqueue, client);
        ICacheStore store = media.Open(new ScopeCache("scope", ImageReference.Parse($"{server.Address}/team/app:1")));

        Assert.Null(await store.FindAsync(Entry.Key, Cancel));
        await store.SaveAsync(Entry, Layer, Cancel);

        Assert.All(_warnings, warning => Assert.Contains("is no cache of ours", warning));
        Assert.DoesNotContain("PUT /v2/team/app/manifests/1", server.Log);
    }

    [Fact]
    public void An_index_that_would_be_too_large_for_a_registry_loses_its_oldest_entries()
    {
        IEnumerable<NewEntry> entries = Enumerable.Range(0, 3500)
            .Select(i => EntryManifest.Write(Entries.Of($"{i}") with { Title = new string('t', 500) }, null, Timestamp.FromUnixTimeSeconds(i)));

        EntryIndex index = EntryIndex.Empty.With(entries.Take(3000).Select(EntryIndex.Describe)).With(entries.Skip(3000).Select(EntryIndex.Describe));

        Assert.InRange(index.ToDocument().Content.Length, EntryIndex.LargestSize / 2, EntryIndex.LargestSize);
        Assert.Null(index.Find(Entries.Of("0").Key));
        Assert.NotNull(index.Find(Entries.Of("3499").Key));
    }

    private static RawDocument SampleEntryOfKaniko() => new ImageManifest
    {
        MediaType = MediaType.DockerManifest,
        Config = Entries.Layer("config").Descriptor with { MediaType = MediaType.DockerConfig },
        Layers = [Layer.Descriptor with { MediaType = MediaType.DockerLayerGzip }],
    }.ToDocument();

    private static FakeResponse Answer(RawDocument document) => new(200, document.Content.ToArray(), ("Content-Type", document.MediaType.Text));

    private ICacheStore Open(RegistryClient client, FakeServer server) =>
        CacheMediaOf.Options(null, null, _warnings.Enqueue, client).Open(new RepositoryCache("team/cache", ImageReference.Parse($"{server.Address}/team/cache")));
}
