// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>Blobs that go in pieces: because the registry wants it so, or because the connection broke.</summary>
public class ChunkedPushTests
{
    private static readonly byte[] Content = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 >> 2))];
    private static readonly RawDocument Blob = new(MediaType.OciLayer, Content);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_registry_that_wants_chunks_gets_them_with_their_ranges()
    {
        var store = new UploadStore { TakesWhole = false, TakesPatchWithoutRange = false, LargestRequest = 200_000 };
        await using var server = new FakeServer(store.Answer);

        await PushAsync(server);

        Assert.Equal(Content, store.Committed);
        Assert.Equal(["0-74999", "75000-149999", "150000-224999", "225000-299999"], Ranges(server).TakeLast(4));
    }

    [Fact]
    public async Task No_chunk_but_the_last_is_smaller_than_the_registry_wants_it()
    {
        var store = new UploadStore { TakesWhole = false, LargestRequest = 200_000, MinimumChunk = 140_000 };
        await using var server = new FakeServer(store.Answer);

        await PushAsync(server);

        Assert.Equal(Content, store.Committed);
        Assert.Equal(["0-139999", "140000-279999", "280000-299999"], Ranges(server).TakeLast(3));
    }

    [Fact]
    public async Task Where_the_least_is_more_than_the_most_the_refusal_is_told()
    {
        var store = new UploadStore { TakesWhole = false, LargestRequest = 100_000, MinimumChunk = 140_000 };
        await using var server = new FakeServer(store.Answer);

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PushAsync(server));

        Assert.Contains("answered 413", error.Message);
        Assert.Null(store.Committed);
    }

    [Fact]
    public async Task What_a_registry_did_not_take_of_a_chunk_is_sent_with_the_next()
    {
        var store = new UploadStore { TakesWhole = false, LargestRequest = 200_000, TakesOfEach = 50_000 };
        await using var server = new FakeServer(store.Answer);

        await PushAsync(server);

        Assert.Equal(Content, store.Committed);
    }

    [Fact]
    public async Task A_broken_upload_goes_on_where_it_broke()
    {
        var store = new UploadStore { BreaksAt = 120_000 };
        await using var server = new FakeServer(store.Answer);

        await PushAsync(server);

        Assert.Equal(Content, store.Committed);
        Assert.Equal(["120000-299999"], Ranges(server));
        Assert.Single(server.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task A_growing_upload_that_breaks_goes_on_with_the_finished_blob()
    {
        var store = new UploadStore { BreaksAt = 120_000 };
        await using var server = new FakeServer(store.Answer);
        await using RegistryClient client = RegistryClients.Create();

        await client.PushGrowingBlobAsync(
            ImageReference.Parse($"{server.Address}/app:1"), new MemoryStream(Content), Task.FromResult<IBlobSource>(Blob), null, Cancel);

        Assert.Equal(Content, store.Committed);
        Assert.Equal(["120000-299999"], Ranges(server));
        Assert.Single(server.Requests, request => request.Method == "POST");
    }

    [Fact]
    public async Task Who_waits_is_told_how_much_is_sent()
    {
        var store = new UploadStore { BreaksAt = 120_000 };
        await using var server = new FakeServer(store.Answer);
        await using RegistryClient client = RegistryClients.Create();
        var said = new List<long>();

        await client.PushBlobAsync(ImageReference.Parse($"{server.Address}/app"), Blob, said.Add, Cancel);

        Assert.Equal(Content.Length, said[^1]);
        Assert.All(said, bytes => Assert.InRange(bytes, 1, Content.Length));
    }

    [Fact]
    public void Each_refusal_leads_to_another_way_until_none_is_left()
    {
        const long Size = 1L << 30;
        UploadPlan patch = Assert.IsType<UploadPlan>(UploadPlan.Usual.After(HttpStatusCode.MethodNotAllowed, Size, 0));
        UploadPlan chunks = Assert.IsType<UploadPlan>(patch.After(HttpStatusCode.LengthRequired, Size, 0));
        Assert.Null(chunks.After(HttpStatusCode.BadRequest, Size, 0));
        Assert.Null(UploadPlan.Usual.After(HttpStatusCode.Forbidden, Size, 0));

        var sizes = new List<long>();
        for (UploadPlan? plan = UploadPlan.Usual.After(HttpStatusCode.RequestEntityTooLarge, Size, 0); plan is not null; plan = plan.After(HttpStatusCode.RequestEntityTooLarge, Size, 0))
            sizes.Add(plan.ChunkSize);
        Assert.Equal([16 << 20, 4 << 20, 1 << 20, 256 << 10, 64 << 10], sizes);
    }

    private static async Task PushAsync(FakeServer server)
    {
        await using RegistryClient client = RegistryClients.Create();
        Assert.Equal(BlobPush.Uploaded, await client.PushBlobAsync(ImageReference.Parse($"{server.Address}/app"), Blob, Cancel));
    }

    private static IEnumerable<string> Ranges(FakeServer server) =>
        server.Requests.Select(request => request.Headers.GetValueOrDefault("content-range")).OfType<string>();
}
