// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Xunit;

namespace Kiln.Tests.Registry;

public class PullTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_pulled_with_its_manifest_configuration_and_layers()
    {
        await using var server = new FakeServer(request => Samples.Find(request)!);
        await using RegistryClient client = RegistryClients.Create();

        RemoteImage image = await client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel);

        Assert.Equal($"{server.Address}/app:1@{Samples.Image.Digest}", image.Reference.ToString());
        Assert.Equal("amd64", image.Config.Architecture);
        await using Stream layer = await Assert.Single(image.Image.Layers).OpenAsync(Cancel);
        using var copy = new MemoryStream();
        await layer.CopyToAsync(copy, Cancel);
        Assert.Equal(Samples.Layer.Content.ToArray(), copy.ToArray());
        Assert.All(server.Requests, request => Assert.Equal("kiln/test", request.Headers["user-agent"]));
    }

    [Fact]
    public async Task All_four_kinds_of_manifests_are_accepted()
    {
        await using var server = new FakeServer(request => Samples.Find(request)!);

        await PullAsync(server, "app:1");

        string accept = server.Requests.First(request => request.Path.Contains("manifests")).Headers["accept"];
        Assert.All(
            [MediaType.OciManifest, MediaType.OciIndex, MediaType.DockerManifest, MediaType.DockerIndex],
            type => Assert.Contains(type.Text, accept));
    }

    [Fact]
    public async Task A_manifest_with_other_bytes_than_its_digest_is_refused_whatever_the_header_says()
    {
        Digest digest = Digest.Sha256("something else"u8);
        await using var server = new FakeServer(_ =>
            FakeResponse.Of(200, "{}", ("Content-Type", MediaType.OciManifest.Text), ("Docker-Content-Digest", digest.ToString())));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, $"app@{digest}"));

        Assert.Equal(DiagnosticRules.ContentMismatch, error.Diagnostic.Rule);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain; charset=utf-8")]
    public async Task A_document_of_a_general_type_says_itself_what_it_is(string type)
    {
        await using var server = new FakeServer(_ => new FakeResponse(200, Samples.Image.Manifest.Content.ToArray(), ("Content-Type", type)));

        Assert.Equal(MediaType.OciManifest, (await PullAsync(server, "app:1")).MediaType);
    }

    [Fact]
    public async Task A_page_in_place_of_a_manifest_is_an_error()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(200, "<html>", ("Content-Type", "text/html")));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, "app:1"));

        Assert.Equal(DiagnosticRules.MalformedImage, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task A_manifest_without_end_is_not_read_to_its_end()
    {
        await using var server = new FakeServer(_ => new FakeResponse(200, new byte[9 << 20], ("Content-Type", MediaType.OciManifest.Text)));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, "app:1"));

        Assert.Equal(DiagnosticRules.RegistryProtocol, error.Diagnostic.Rule);
    }

    [Fact]
    public async Task The_image_for_the_platform_is_chosen_from_an_index()
    {
        RawDocument index = IndexOf(("linux", "s390x", Digest.Sha256("x"u8)), ("linux", "amd64", Samples.Image.Digest));
        await using var server = new FakeServer(request =>
            request.Path == "/v2/app/manifests/1" ? Samples.Serve(index) : Samples.Find(request)!);
        await using RegistryClient client = RegistryClients.Create();

        RemoteImage image = await client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel);

        Assert.Equal(Samples.Image.Digest, image.Image.Digest);
        Assert.Equal(index.Digest, image.Reference.Digest);
        Assert.Contains($"GET /v2/app/manifests/{Samples.Image.Digest}", server.Log);
    }

    [Fact]
    public async Task A_platform_that_is_not_in_the_index_is_an_error_that_lists_what_is()
    {
        RawDocument index = IndexOf(("linux", "s390x", Digest.Sha256("x"u8)), ("linux", "arm64", Digest.Sha256("y"u8)));
        await using var server = new FakeServer(_ => Samples.Serve(index));
        await using RegistryClient client = RegistryClients.Create();

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => client.PullImageAsync(ImageReference.Parse($"{server.Address}/app:1"), Samples.Amd64, Cancel));

        Assert.Equal(DiagnosticRules.PlatformMissing, error.Diagnostic.Rule);
        Assert.Equal("it has `linux/s390x`, `linux/arm64`", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task What_the_registry_lacks_is_named_with_its_own_words()
    {
        await using var server = new FakeServer(_ =>
            FakeResponse.Of(404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{"Tag":"1"}}]}"""));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, "app:1"));

        Assert.Equal(DiagnosticRules.NotInRegistry, error.Diagnostic.Rule);
        Assert.Equal(
            $"cannot pull `{server.Address}/app:1`: `{server.Address}` answered 404 X (MANIFEST_UNKNOWN: manifest unknown)", error.Message);
    }

    [Fact]
    public async Task Nothing_is_said_twice_to_a_registry_that_refused()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(404));

        await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, "app:1"));

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(408)]
    [InlineData(0)]
    public async Task A_passing_failure_is_tried_again(int status)
    {
        int asked = 0;
        await using var server = new FakeServer(request => Interlocked.Increment(ref asked) <= 3
            ? status == 0 ? FakeResponse.Reset : FakeResponse.Of(status, "", ("Retry-After", "0"))
            : Samples.Find(request)!);

        RawDocument manifest = await PullAsync(server, "app:1");

        Assert.Equal(Samples.Image.Digest, manifest.Digest);
        Assert.Equal(4, asked);
    }

    [Fact]
    public async Task A_failure_that_stays_counts_after_eight_tries()
    {
        await using var server = new FakeServer(_ => FakeResponse.Of(503, "busy"));

        BuildException error = await Assert.ThrowsAsync<BuildException>(() => PullAsync(server, "app:1"));

        Assert.Equal(DiagnosticRules.RegistryFailing, error.Diagnostic.Rule);
        Assert.Equal(8, server.Requests.Count);
    }

    [Fact]
    public async Task A_manifest_that_breaks_off_or_stalls_is_asked_for_again()
    {
        int asked = 0;
        await using var server = new FakeServer(request => Interlocked.Increment(ref asked) switch
        {
            1 => Samples.Find(request)! with { CutAfter = 10 },
            2 => Samples.Find(request)! with { StallAfter = 10 },
            _ => Samples.Find(request)!,
        });

        Assert.Equal(Samples.Image.Digest, (await PullAsync(server, "app:1")).Digest);
    }

    [Fact]
    public async Task Where_nothing_listens_the_error_says_so()
    {
        string address;
        await using (var server = new FakeServer(_ => FakeResponse.Reset))
            address = server.Address;
        await using RegistryClient client = RegistryClients.Create(RegistryClients.Impatient with { Tries = 2 });

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => client.PullManifestAsync(ImageReference.Parse($"{address}/app:1"), Cancel));

        Assert.Equal(DiagnosticRules.RegistryUnreachable, error.Diagnostic.Rule);
        Assert.Contains($"nothing listens at `{address}`", error.Message);
    }

    private static async Task<RawDocument> PullAsync(FakeServer server, string name)
    {
        await using RegistryClient client = RegistryClients.Create();
        return await client.PullManifestAsync(ImageReference.Parse($"{server.Address}/{name}"), Cancel);
    }

    private static RawDocument IndexOf(params (string Os, string Architecture, Digest Digest)[] images) => new ImageIndex
    {
        MediaType = MediaType.OciIndex,
        Manifests = [.. images.Select(image => new Descriptor
        {
            MediaType = MediaType.OciManifest,
            Digest = image.Digest,
            Size = 1,
            Platform = new Platform(image.Os, image.Architecture),
        })],
    }.ToDocument();
}
