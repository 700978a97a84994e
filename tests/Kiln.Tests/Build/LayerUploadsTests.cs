// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Store;
using Kiln.Tests.Registry;
using Xunit;

namespace Kiln.Tests.Build;

/// <summary>Layers go to the registry while the build goes on.</summary>
public sealed class LayerUploadsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_small_layer_is_asked_for_and_sent_once_it_is_finished()
    {
        await using var server = new FakeServer(Answer);
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1"));

        Digest digest = await WriteAsync(uploads, 1000);
        await uploads.CompleteAsync();

        Assert.Equal(["HEAD", "POST", "PUT"], server.Requests.Select(r => r.Method));
        Assert.Equal([digest], uploads.PresentIn(To(server, "app:1")[0]));
    }

    [Fact]
    public async Task It_says_how_many_bytes_are_sent_while_they_are()
    {
        LayerUploads? sending = null;
        (int Layers, long Bytes)? said = null;
        await using var server = new FakeServer(request =>
        {
            // The body has been read when this is asked.
            if (request.Method == "PUT")
                said = (sending!.Sending, sending.Sent);
            return Answer(request);
        });
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = sending = Start(client, To(server, "app:1"));

        await WriteAsync(uploads, 3 << 20);
        await uploads.CompleteAsync();

        Assert.Equal((1, 3 << 20), said);
        Assert.Equal((0, 3 << 20), (uploads.Sending, uploads.Sent));
    }

    [Fact]
    public async Task A_large_layer_is_on_its_way_before_it_is_finished()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new FakeServer(request =>
        {
            if (request.Method == "POST")
                begun.TrySetResult();
            return Answer(request);
        });
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1"));

        // The last byte is written only when the upload has begun.
        Digest digest = await WriteAsync(uploads, (8 << 20) + 2, begun.Task);
        await uploads.CompleteAsync();

        Assert.Equal(["POST", "PATCH", "PUT"], server.Requests.Select(r => r.Method));
        Assert.Equal(digest, Digest.Sha256(server.Requests.Single(r => r.Method == "PATCH").Body));
    }

    [Fact]
    public async Task Two_names_in_one_repository_are_one_upload_and_another_repository_mounts_it()
    {
        await using var server = new FakeServer(request => request.Target.Contains("mount=") ? FakeResponse.Of(201) : Answer(request));
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1", "app:latest", "other:1"));

        Digest digest = await WriteAsync(uploads, 1000);
        await uploads.CompleteAsync();

        Assert.Equal(
            ["/v2/app/blobs/uploads/", $"/v2/other/blobs/uploads/?mount={Uri.EscapeDataString(digest.ToString())}&from=app"],
            server.Requests.Where(r => r.Method == "POST").Select(r => r.Target));
        Assert.Single(server.Requests, r => r.Method == "PUT");
        Assert.Equal([digest], uploads.PresentIn(To(server, "other:1")[0]));
    }

    [Fact]
    public async Task A_registry_that_does_not_mount_is_sent_the_layer_once_more()
    {
        await using var server = new FakeServer(Answer);
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1", "other:1"));

        Digest digest = await WriteAsync(uploads, 1000);
        await uploads.CompleteAsync();

        Assert.Equal(2, server.Requests.Count(r => r.Method == "PUT" && Digest.Sha256(r.Body) == digest));
    }

    [Fact]
    public async Task Of_a_base_that_is_there_nothing_is_fetched()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200));
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1", "other:1"));
        IBlobSource layer = new RawDocument(MediaType.OciLayer, new byte[] { 1, 2, 3 });

        uploads.BeginBase([layer, layer], _ => throw new InvalidOperationException("fetched"));
        await uploads.CompleteAsync();

        Assert.Equal(["HEAD", "HEAD"], server.Requests.Select(r => r.Method));
        Assert.Equal([layer.Descriptor.Digest], uploads.PresentIn(To(server, "app:1")[0]));
    }

    [Fact]
    public async Task A_base_from_elsewhere_is_fetched_once_and_sent_before_the_build_ends()
    {
        await using var server = new FakeServer(Answer);
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1"));
        IBlobSource layer = new RawDocument(MediaType.OciLayer, new byte[] { 1, 2, 3 });
        int fetched = 0;

        uploads.BeginBase([layer], blob =>
        {
            fetched++;
            return Task.FromResult(blob);
        });
        await uploads.CompleteAsync();

        Assert.Equal(1, fetched);
        Assert.Equal([1, 2, 3], server.Requests.Single(r => r.Method == "PUT").Body);
        Assert.Equal([layer.Descriptor.Digest], uploads.PresentIn(To(server, "app:1")[0]));
    }

    [Fact]
    public async Task The_first_failure_ends_the_build_and_is_told()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(403));
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1", "other:1"));
        var ended = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = uploads.Token.Register(ended.SetResult);

        await WriteAsync(uploads, 1000);
        await ended.Task;

        Assert.True(uploads.HasFailed);
        BuildException told = await Assert.ThrowsAsync<BuildException>(uploads.CompleteAsync);
        Assert.Equal(DiagnosticRules.AccessDenied, told.Diagnostic.Rule);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData((8 << 20) + 2)]
    public async Task A_layer_that_is_given_up_is_no_failure_and_gets_no_name(int size)
    {
        await using var server = new FakeServer(Answer);
        await using RegistryClient client = RegistryClients.Create();
        await using LayerUploads uploads = Start(client, To(server, "app:1"));
        var finished = new TaskCompletionSource<IBlobSource>();
        using (PendingBlob pending = new BlobStore(_directory).Begin())
        {
            _ = uploads.BeginAsync(pending, finished.Task);
            await pending.Stream.WriteAsync(new byte[size], Cancel);
            finished.SetCanceled(Cancel);
        }

        await uploads.CompleteAsync();

        Assert.False(uploads.HasFailed);
        Assert.DoesNotContain(server.Requests, r => r.Method == "PUT");
    }

    [Fact]
    public async Task Without_push_nothing_is_asked()
    {
        await using var server = new FakeServer(Answer);
        await using RegistryClient client = RegistryClients.Create();
        await using var uploads = new LayerUploads(client, new OutputOptions { Destinations = [.. To(server, "app:1")], NoPush = true }, _ => { }, Cancel);

        uploads.BeginBase([new RawDocument(MediaType.OciLayer, new byte[] { 1 })], Task.FromResult);
        await WriteAsync(uploads, 1000);
        await uploads.CompleteAsync();

        Assert.Empty(server.Requests);
    }

    private static LayerUploads Start(RegistryClient client, ImageReference[] destinations) =>
        new(client, new OutputOptions { Destinations = [.. destinations] }, _ => { }, Cancel);

    private static ImageReference[] To(FakeServer server, params string[] names) => [.. names.Select(n => ImageReference.Parse($"{server.Address}/{n}"))];

    /// <summary>Writes a layer as a step does; its last byte when something else has happened.</summary>
    private async Task<Digest> WriteAsync(LayerUploads uploads, int size, Task? before = null)
    {
        byte[] content = [.. Enumerable.Range(0, size).Select(i => (byte)(i * 131 >> 3))];
        using PendingBlob pending = new BlobStore(_directory).Begin();
        var finished = new TaskCompletionSource<IBlobSource>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = uploads.BeginAsync(pending, finished.Task);
        await pending.Stream.WriteAsync(content.AsMemory(0, size - 1), Cancel);
        await (before ?? Task.CompletedTask).WaitAsync(Cancel);
        await pending.Stream.WriteAsync(content.AsMemory(size - 1), Cancel);
        Digest digest = Digest.Sha256(content);
        finished.SetResult(pending.Commit(new Descriptor { MediaType = MediaType.OciLayer, Digest = digest, Size = size }));
        return digest;
    }

    private static FakeResponse Answer(FakeRequest request) => request.Method switch
    {
        "HEAD" => FakeResponse.Of(404),
        "POST" or "PATCH" => FakeResponse.Of(202, "", ("Location", "/upload")),
        _ => FakeResponse.Of(201),
    };
}
