// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Globalization;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Push;
using Xunit;

namespace Kiln.Tests.Registry;

/// <summary>How long registries are waited for: as long as they ask for, within reason, and not for ever.</summary>
public class PatienceTests
{
    private static readonly RegistryOptions Slow = RegistryClients.Impatient with
    {
        RetryDelay = TimeSpan.FromSeconds(20),
        StallTimeout = TimeSpan.FromSeconds(30),
        OverallTimeout = TimeSpan.FromMinutes(3),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("30", 30)]
    [InlineData("7200", 60)]
    [InlineData("date", 28)]
    public async Task A_registry_that_says_when_to_come_again_is_obeyed_within_reason(string after, int seconds)
    {
        if (after == "date")
            after = TimeProvider.System.GetUtcNow().AddSeconds(30).ToString("R", CultureInfo.InvariantCulture);
        int asked = 0;
        await using var server = new FakeServer(request =>
            Interlocked.Increment(ref asked) == 1 ? FakeResponse.Of(429, "", ("Retry-After", after)) : Samples.Find(request)!);
        var time = new ManualTime();

        // Other waits are shorter than a second here.
        (Task<RawDocument> pull, int waited) = await WaitAsync(server, time, RegistryClients.Impatient with { StallTimeout = TimeSpan.FromHours(1) }, PullAsync);

        Assert.Equal(Samples.Image.Digest, (await pull).Digest);
        Assert.InRange(waited, seconds, 60 * 60);
    }

    [Fact]
    public async Task After_all_its_time_a_request_is_given_up()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(503, "", ("Retry-After", "60")));
        var time = new ManualTime();

        (Task<RawDocument> pull, int waited) = await WaitAsync(
            server, time, RegistryClients.Impatient with { Tries = 1000, StallTimeout = TimeSpan.FromHours(1), OverallTimeout = TimeSpan.FromMinutes(3) }, PullAsync);

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => pull);
        Assert.Contains("not done after 3 minutes", error.Message);
        Assert.InRange(waited, 180, 60 * 60);
    }

    [Fact]
    public async Task Every_failure_but_the_last_is_told()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(503, ""));
        var told = new ConcurrentQueue<FailedTry>();
        await using RegistryClient client = RegistryClients.Create(RegistryClients.Impatient with { Tries = 3, OnFailedTry = told.Enqueue });
        ImageReference reference = ImageReference.Parse($"{server.Address}/r:t");

        await Assert.ThrowsAsync<BuildException>(() => client.PullManifestAsync(reference, Cancel));

        Assert.Equal(
            [new FailedTry($"pull `{reference}`", $"`{server.Address}` answered 503", 1, 3, false), new FailedTry($"pull `{reference}`", $"`{server.Address}` answered 503", 2, 3, false)],
            told);
    }

    /// <summary>It comes on all the time, and would take hours.</summary>
    [Fact]
    public async Task A_blob_that_comes_a_byte_at_a_time_is_given_up_too()
    {
        byte[] content = Samples.Layer.Content.ToArray();
        await using var server = new FakeServer(request =>
        {
            int from = request.Headers.TryGetValue("range", out string? range) ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
            return new FakeResponse(from == 0 ? 200 : 206, content[from..], ("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}")) { StallAfter = 1 };
        });
        var time = new ManualTime();

        (Task<long> pull, int waited) = await WaitAsync(server, time, Slow, async (client, host) =>
        {
            await using Stream blob = await client.OpenBlobAsync(ImageReference.Parse($"{host}/app"), Samples.Layer.Descriptor, Cancel);
            using var copy = new MemoryStream();
            await blob.CopyToAsync(copy, Cancel);
            return copy.Length;
        });

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => pull);
        Assert.Contains($"of {content.Length} bytes came in", error.Message);
        Assert.InRange(waited, 180, 60 * 60);
    }

    [Fact]
    public async Task An_upload_that_breaks_after_every_byte_is_given_up_too()
    {
        int received = 0;
        await using var server = new FakeServer(request => request.Method switch
        {
            "HEAD" => FakeResponse.Of(404),
            "POST" => FakeResponse.Of(202, "", ("Location", "/upload")),
            "GET" => FakeResponse.Of(204, "", ("Location", "/upload"), ("Range", $"0-{Interlocked.Increment(ref received) + 1}")),
            _ => FakeResponse.Reset,
        });
        var time = new ManualTime();

        (Task<BlobPush> push, int waited) = await WaitAsync(
            server, time, Slow, (client, host) => client.PushBlobAsync(ImageReference.Parse($"{host}/app"), Samples.Layer, Cancel));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => push);
        Assert.Contains("not done after 3 minutes", error.Message);
        Assert.InRange(waited, 180, 60 * 60);
    }

    private static Task<RawDocument> PullAsync(RegistryClient client, string host) => client.PullManifestAsync(ImageReference.Parse($"{host}/app:1"), Cancel);

    /// <summary>Lets seconds pass until it is done, each after a moment for what is under way. Returns how many.</summary>
    private static async Task<(Task<T>, int)> WaitAsync<T>(FakeServer server, ManualTime time, RegistryOptions options, Func<RegistryClient, string, Task<T>> act)
    {
        await using RegistryClient client = RegistryClients.Create(options, time: time);
        Task<T> acting = act(client, server.Address);
        // Until the first request is there no time passes.
        while (server.Requests.IsEmpty)
            await Task.Delay(1, Cancel);
        int waited = 0;
        for (; !acting.IsCompleted; waited++)
        {
            await Task.WhenAny(acting, Task.Delay(5, Cancel));
            time.Advance(TimeSpan.FromSeconds(1));
        }
        await ((Task)acting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return (acting, waited);
    }
}
