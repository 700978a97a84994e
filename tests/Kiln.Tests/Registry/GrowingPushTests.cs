// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>Blobs that are sent while they are made.</summary>
public class GrowingPushTests
{
    private static readonly string Closing = "digest=" + Uri.EscapeDataString(Samples.Layer.Digest.ToString());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_digest_closes_an_upload_that_began_without()
    {
        await using var server = new FakeServer(request => Answer(request, patch: 202));

        await PushAsync(server);

        Assert.Equal(["POST /v2/app/blobs/uploads/", "PATCH /upload", $"PUT /patched?{Closing}"], server.Log);
        Assert.Equal(Samples.Layer.Content.ToArray(), Assert.Single(server.Requests, r => r.Method == "PATCH").Body);
    }

    [Theory]
    [InlineData(405)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task Where_the_stream_is_not_taken_the_finished_blob_is_sent(int status)
    {
        await using var server = new FakeServer(request => Answer(request, status));

        await PushAsync(server);

        Assert.Equal(
            ["POST /v2/app/blobs/uploads/", "PATCH /upload", $"HEAD /v2/app/blobs/{Samples.Layer.Digest}", "POST /v2/app/blobs/uploads/", $"PUT /upload?{Closing}"],
            // Where no answer came, it asks how far it got.
            server.Log.Where(line => line != "GET /upload"));
        Assert.Equal(status == 0, server.Log.Contains("GET /upload"));
        Assert.Equal(Samples.Layer.Content.ToArray(), server.Requests.Last().Body);
    }

    [Fact]
    public async Task Nothing_names_the_blob_before_it_is_finished()
    {
        await using var server = new FakeServer(request => Answer(request, patch: 202));
        await using RegistryClient client = RegistryClients.Create();
        var finished = new TaskCompletionSource<IBlobSource>();
        Task<BlobPush> push = client.PushGrowingBlobAsync(
            ImageReference.Parse($"{server.Address}/app:1"), new MemoryStream(Samples.Layer.Content.ToArray()), finished.Task, null, Cancel);

        finished.SetCanceled(Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
        Assert.DoesNotContain(server.Requests, request => request.Method == "PUT");
    }

    [Fact]
    public async Task A_source_that_takes_its_time_is_no_stalled_connection()
    {
        await using var server = new FakeServer(request => Answer(request, patch: 202));
        var time = new ManualTime();
        using var source = new LateStream(Samples.Layer.Content.ToArray());
        Task push = PushAsync(server, source, time);

        await source.Asked;
        time.Advance(RegistryClients.Impatient.StallTimeout * 10);
        source.Release();
        await push;

        Assert.Equal(["POST", "PATCH", "PUT"], server.Requests.Select(r => r.Method));
    }

    [Fact]
    public async Task Who_may_not_push_is_told_so()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(403));

        BuildException refused = await Assert.ThrowsAsync<BuildException>(() => PushAsync(server));

        Assert.Equal(DiagnosticRules.AccessDenied, refused.Diagnostic.Rule);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(404, false)]
    public async Task What_can_be_had_without_sending_is_asked_for_alone(int status, bool there)
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(status));
        await using RegistryClient client = RegistryClients.Create();

        Assert.Equal(there, await client.TryReuseBlobAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Layer, Cancel));

        Assert.Equal($"HEAD /v2/app/blobs/{Samples.Layer.Digest}", Assert.Single(server.Log));
    }

    private static async Task PushAsync(FakeServer server, Stream? growing = null, TimeProvider? time = null)
    {
        await using RegistryClient client = RegistryClients.Create(time: time);
        await client.PushGrowingBlobAsync(
            ImageReference.Parse($"{server.Address}/app:1"),
            growing ?? new MemoryStream(Samples.Layer.Content.ToArray()),
            Task.FromResult<IBlobSource>(Samples.Layer),
            null,
            Cancel);
    }

    private static FakeResponse Answer(FakeRequest request, int patch) => request.Method switch
    {
        "HEAD" => FakeResponse.Of(404),
        "POST" => FakeResponse.Of(202, "", ("Location", "/upload")),
        "PATCH" => patch == 0 ? FakeResponse.Reset : FakeResponse.Of(patch, "", ("Location", "/patched")),
        _ => FakeResponse.Of(201),
    };

    /// <summary>Has its bytes only when it is told to.</summary>
    private sealed class LateStream(byte[] content) : ReadOnlyStream
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly MemoryStream _content = new(content);

        public Task Asked => _asked.Task;

        public void Release() => _released.SetResult();

        public override int Read(Span<byte> buffer) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            await _released.Task.WaitAsync(cancellationToken);
            return _content.Read(buffer.Span);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _content.Dispose();
            base.Dispose(disposing);
        }
    }
}
