// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;
using Xunit;

namespace Kiln.Tests.Registry;

public class PushTests
{
    private static readonly string Closing = "digest=" + Uri.EscapeDataString(Samples.Layer.Digest.ToString());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_blob_that_is_there_is_not_sent()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200));

        Assert.Equal(BlobPush.WasThere, await PushAsync(server));

        Assert.Equal($"HEAD /v2/app/blobs/{Samples.Layer.Digest}", Assert.Single(server.Log));
    }

    [Theory]
    [InlineData("/v2/app/blobs/uploads/id", "/v2/app/blobs/uploads/id?")]
    [InlineData("/upload?_state=a%2Fb", "/upload?_state=a%2Fb&")]
    [InlineData("http://{0}/elsewhere?x=1", "/elsewhere?x=1&")]
    [InlineData("https://{0}/elsewhere", "/elsewhere?")]
    public async Task A_blob_is_sent_whole_to_where_the_registry_says(string location, string expected)
    {
        string address = "";
        await using var server = new FakeServer(request => Accept(request, string.Format(location, address)));
        address = server.Address;

        Assert.Equal(BlobPush.Uploaded, await PushAsync(server));

        FakeRequest put = Assert.Single(server.Requests, request => request.Method == "PUT");
        Assert.Equal(expected + Closing, put.Target);
        Assert.Equal(Samples.Layer.Content.ToArray(), put.Body);
    }

    [Fact]
    public async Task An_upload_that_breaks_is_begun_anew()
    {
        int puts = 0;
        await using var server = new FakeServer(request =>
            request.Method != "PUT" ? Accept(request, "/upload")
            : Interlocked.Increment(ref puts) switch { 1 => FakeResponse.Of(500), 2 => FakeResponse.Reset, _ => FakeResponse.Of(201) });

        Assert.Equal(BlobPush.Uploaded, await PushAsync(server));

        Assert.Equal(3, server.Requests.Count(request => request.Method == "POST"));
        Assert.Equal(Samples.Layer.Content.ToArray(), server.Requests.Last().Body);
    }

    [Theory]
    [InlineData(405)]
    [InlineData(400)]
    public async Task A_registry_that_does_not_take_whole_blobs_gets_a_patch(int status)
    {
        await using var server = new FakeServer(request => request.Method switch
        {
            "PATCH" => FakeResponse.Of(202, "", ("Location", "/patched?n=1")),
            "PUT" when request.Path != "/patched" => FakeResponse.Of(status),
            _ => Accept(request, "/upload"),
        });

        Assert.Equal(BlobPush.Uploaded, await PushAsync(server));

        Assert.Equal(Samples.Layer.Content.ToArray(), Assert.Single(server.Requests, request => request.Method == "PATCH").Body);
        Assert.Equal("PUT /patched?n=1&" + Closing, server.Log.Last());
        Assert.Empty(server.Requests.Last().Body);
    }

    [Fact]
    public async Task A_refused_upload_is_an_error_with_the_registrys_reason()
    {
        await using var server = new FakeServer(request => request.Method == "PUT"
            ? FakeResponse.Of(413, """{"errors":[{"code":"SIZE_INVALID","message":"too large"}]}""") : Accept(request, "/upload"));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PushAsync(server));

        Assert.Equal(DiagnosticRules.RegistryRefused, error.Diagnostic.Rule);
        Assert.Contains("413 X (SIZE_INVALID: too large)", error.Message);
    }

    [Fact]
    public async Task An_upload_without_a_location_is_an_error()
    {
        await using var server = new FakeServer(request => FakeResponse.Of(request.Method == "POST" ? 202 : 404));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PushAsync(server));

        Assert.Equal(DiagnosticRules.RegistryProtocol, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task A_blob_of_the_same_registry_is_mounted()
    {
        await using var server = new FakeServer(request => FakeResponse.Of(request.Method == "POST" ? 201 : 404));
        await using RegistryClient client = RegistryClients.Create();
        var blob = new RemoteBlob(client, ImageReference.Parse($"{server.Address}/base"), Samples.Layer.Descriptor);

        BlobPush push = await client.PushBlobAsync(ImageReference.Parse($"{server.Address}/app"), blob, Cancel);

        Assert.Equal(BlobPush.Mounted, push);
        Assert.EndsWith($"?mount={Closing["digest=".Length..]}&from=base", server.Log.Last());
    }

    [Fact]
    public async Task A_blob_that_cannot_be_mounted_is_copied()
    {
        await using var server = new FakeServer(request =>
            request.Method == "GET" ? new FakeResponse(200, Samples.Layer.Content.ToArray()) : Accept(request, "/upload"));
        await using RegistryClient client = RegistryClients.Create();
        var blob = new RemoteBlob(client, ImageReference.Parse($"{server.Address}/base"), Samples.Layer.Descriptor);

        Assert.Equal(BlobPush.Uploaded, await client.PushBlobAsync(ImageReference.Parse($"{server.Address}/app"), blob, Cancel));

        Assert.Equal(Samples.Layer.Content.ToArray(), server.Requests.Last().Body);
    }

    [Fact]
    public async Task The_manifest_is_written_last_as_it_is()
    {
        await using var server = new FakeServer(request => Accept(request, "/upload"));
        await using RegistryClient client = RegistryClients.Create();

        await client.PushImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Image, Cancel);

        FakeRequest last = server.Requests.Last();
        Assert.Equal("PUT /v2/app/manifests/1", last.ToString());
        Assert.Equal(MediaType.OciManifest.Text, last.Headers["content-type"]);
        Assert.Equal(Samples.Image.Manifest.Content.ToArray(), last.Body);
        Assert.Equal(2, server.Requests.Count(request => request.Path == "/upload"));
    }

    [Fact]
    public async Task No_more_blobs_go_to_a_host_at_a_time_than_were_asked_for()
    {
        await using var server = new FakeServer(request => Accept(request, "/upload"));
        await using RegistryClient client = RegistryClients.Create(RegistryClients.Impatient with { ParallelBlobs = 3, StallTimeout = TimeSpan.FromMinutes(5) });
        ImageReference app = ImageReference.Parse($"{server.Address}/app");
        var gate = new Gate(3);

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => client.PushBlobAsync(app, new GatedBlob(gate, (byte)i), Cancel)));

        Assert.Equal(3, gate.Most);
    }

    [Fact]
    public async Task No_manifest_is_written_where_a_blob_failed()
    {
        await using var server = new FakeServer(request => request.Method == "PUT" ? FakeResponse.Of(403) : Accept(request, "/upload"));
        await using RegistryClient client = RegistryClients.Create();

        await Assert.ThrowsAsync<BuildException>(
            () => client.PushImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Image, Cancel));

        Assert.DoesNotContain(server.Log, line => line.Contains("manifests"));
    }

    [Fact]
    public async Task A_destination_without_a_tag_is_written_by_digest()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(201));
        await using RegistryClient client = RegistryClients.Create();

        await client.PushManifestAsync(ImageReference.Parse($"{server.Address}/app@{Samples.Image.Digest}"), Samples.Image.Manifest, Cancel);

        Assert.Equal($"PUT /v2/app/manifests/{Samples.Image.Digest}", Assert.Single(server.Log));
    }

    private static FakeResponse Accept(FakeRequest request, string location) => request.Method switch
    {
        "HEAD" => FakeResponse.Of(404),
        "POST" => FakeResponse.Of(202, "", ("Location", location)),
        _ => FakeResponse.Of(201),
    };

    private static async Task<BlobPush> PushAsync(FakeServer server)
    {
        await using RegistryClient client = RegistryClients.Create();
        return await client.PushBlobAsync(ImageReference.Parse($"{server.Address}/app"), Samples.Layer, Cancel);
    }

    /// <summary>Opens when so many are before it; knows how many were inside at a time.</summary>
    private sealed class Gate(int opensAt)
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();
        private int _inside;

        public int Most { get; private set; }

        public Task EnterAsync()
        {
            lock (_lock)
            {
                Most = Math.Max(Most, ++_inside);
                if (_inside == opensAt)
                    _open.TrySetResult();
            }
            return _open.Task.WaitAsync(Cancel);
        }

        public void Leave()
        {
            lock (_lock)
                _inside--;
        }
    }

    private sealed class GatedBlob(Gate gate, byte content) : IBlobSource
    {
        public Descriptor Descriptor { get; } = new RawDocument(MediaType.OciLayer, new[] { content }).Descriptor;

        public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
        {
            await gate.EnterAsync();
            return new LeavingStream(gate, [content]);
        }
    }

    private sealed class LeavingStream(Gate gate, byte[] content) : MemoryStream(content)
    {
        public override ValueTask DisposeAsync()
        {
            gate.Leave();
            return base.DisposeAsync();
        }
    }
}
