// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Auth;
using Xunit;

namespace Kiln.Tests.Registry;

public class BlobTests
{
    private static readonly byte[] Content = Samples.Layer.Content.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_that_breaks_is_resumed_where_it_broke()
    {
        await using var server = new FakeServer(request => request.Headers.TryGetValue("range", out string? range)
            ? Partial(range)
            : Samples.Find(request)! with { CutAfter = 4000 });

        Assert.Equal(Content, await ReadAsync(server));
        Assert.Contains("bytes=4000-", server.Requests.Select(request => request.Headers.GetValueOrDefault("range")));
    }

    [Fact]
    public async Task A_stall_is_a_break()
    {
        await using var server = new FakeServer(request => request.Headers.TryGetValue("range", out string? range)
            ? Partial(range)
            : Samples.Find(request)! with { StallAfter = 4000 });

        Assert.Equal(Content, await ReadAsync(server));
    }

    [Fact]
    public async Task A_server_without_ranges_is_asked_for_all_of_it()
    {
        int asked = 0;
        await using var server = new FakeServer(request =>
            Interlocked.Increment(ref asked) <= 3 ? Samples.Find(request)! with { CutAfter = asked * 1500 } : Samples.Find(request)!);

        Assert.Equal(Content, await ReadAsync(server));
    }

    [Fact]
    public async Task A_blob_that_ends_too_soon_is_resumed_even_if_the_server_calls_it_whole()
    {
        await using var server = new FakeServer(request => request.Headers.TryGetValue("range", out string? range)
            ? Partial(range)
            : new FakeResponse(200, Content[..100]));

        Assert.Equal(Content, await ReadAsync(server));
    }

    [Fact]
    public async Task A_blob_that_always_breaks_at_the_same_byte_is_given_up()
    {
        await using var server = new FakeServer(request => request.Headers.ContainsKey("range")
            ? FakeResponse.Reset
            : Samples.Find(request)! with { CutAfter = 100 });

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => ReadAsync(server));

        Assert.Equal(DiagnosticRules.RegistryUnreachable, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task Wrong_bytes_are_refused()
    {
        byte[] wrong = [.. Content];
        wrong[5000]++;
        await using var server = new FakeServer(_ => new FakeResponse(200, wrong));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => ReadAsync(server));

        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task Too_many_bytes_are_refused()
    {
        await using var server = new FakeServer(_ => new FakeResponse(200, [.. Content, 0]));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => ReadAsync(server));

        Assert.Contains("is longer than", error.Message);
    }

    [Fact]
    public async Task A_range_that_was_not_asked_for_is_an_error()
    {
        await using var server = new FakeServer(request => request.Headers.ContainsKey("range")
            ? new FakeResponse(206, Content[5000..], ("Content-Range", $"bytes 5000-{Content.Length - 1}/{Content.Length}"))
            : Samples.Find(request)! with { CutAfter = 4000 });

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => ReadAsync(server));

        Assert.Equal(DiagnosticRules.RegistryProtocol, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task A_redirect_to_another_server_is_followed_without_the_credentials()
    {
        await using var store = new FakeServer(_ => new FakeResponse(200, Content));
        await using var server = new FakeServer(request => request.Authorization is null
            ? FakeResponse.Of(401, "", ("WWW-Authenticate", "Basic realm=\"r\""))
            : FakeResponse.Of(307, "", ("Location", $"http://{store.Address}/object?signature=secret")));

        Assert.Equal(Content, await ReadAsync(server, Credential.OfPassword("user", "password")));
        FakeRequest stored = Assert.Single(store.Requests);
        Assert.Equal("/object?signature=secret", stored.Target);
        Assert.Null(stored.Authorization);
    }

    [Fact]
    public async Task A_challenge_of_the_server_redirected_to_is_not_met()
    {
        await using var store = new FakeServer(_ => FakeResponse.Of(401, "", ("WWW-Authenticate", "Basic realm=\"r\"")));
        await using var server = new FakeServer(request => FakeResponse.Of(307, "", ("Location", $"http://{store.Address}/object")));

        await Assert.ThrowsAsync<BuildException>(() => ReadAsync(server, Credential.OfPassword("user", "password")));

        Assert.All(store.Requests, request => Assert.Null(request.Authorization));
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var server = new FakeServer(request => FakeResponse.Of(302, "", ("Location", request.Target)));

        await Assert.ThrowsAsync<BuildException>(() => ReadAsync(server));

        Assert.InRange(server.Requests.Count, 2, 20);
    }

    private static FakeResponse Partial(string range)
    {
        int from = int.Parse(range["bytes=".Length..].TrimEnd('-'));
        return new FakeResponse(206, Content[from..], ("Content-Range", $"bytes {from}-{Content.Length - 1}/{Content.Length}"));
    }

    private static async Task<byte[]> ReadAsync(FakeServer server, Credential? credential = null)
    {
        await using RegistryClient client = RegistryClients.Create(credential: credential);
        await using Stream blob = await client.OpenBlobAsync(ImageReference.Parse($"{server.Address}/app"), Samples.Layer.Descriptor, Cancel);
        using var copy = new MemoryStream();
        await blob.CopyToAsync(copy, Cancel);
        return copy.ToArray();
    }
}
