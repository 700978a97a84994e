// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Auth;
using Kiln.Registry.Push;
using Xunit;

namespace Kiln.SystemTests.Registry;

public class RealRegistryTests
{
    private static readonly Platform Amd64 = new("linux", "amd64");
    private static readonly RegistryOptions Options = new() { UserAgent = "kiln/test", Tries = 2, RetryDelay = TimeSpan.FromMilliseconds(10) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ImageFormat.Oci)]
    [InlineData(ImageFormat.Docker)]
    public async Task An_image_that_was_pushed_is_pulled_again_with_all_its_bytes(ImageFormat format)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = Client(Options);
        ImageReference reference = ImageReference.Parse($"{registry.Address}/team/app:1");
        Image image = TestImages.Create(format);

        await client.PushImageAsync(reference, image, Cancel);
        RemoteImage pulled = await client.PullImageAsync(reference, Amd64, Cancel);

        Assert.Equal(image.Digest, pulled.Image.Digest);
        Assert.Equal(image.Digest, await client.FindManifestAsync(reference, Cancel));
        await using Stream layer = await pulled.Image.Layers[0].OpenAsync(Cancel);
        await using var sink = new DigestingStream(Stream.Null);
        await layer.CopyToAsync(sink, Cancel);
        Assert.Equal(image.Layers[0].Descriptor.Digest, sink.Complete().Digest);
    }

    [Fact]
    public async Task Skopeo_reads_what_was_pushed()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = Client(Options);
        Image image = TestImages.Create(ImageFormat.Oci);

        await client.PushImageAsync(ImageReference.Parse($"{registry.Address}/app:1"), image, Cancel);
        string answer = await Programs.RunAsync(["skopeo", "inspect", "--tls-verify=false", $"docker://{registry.Address}/app:1"], Cancel);

        using JsonDocument inspected = JsonDocument.Parse(answer);
        Assert.Equal(image.Digest.ToString(), inspected.RootElement.GetProperty("Digest").GetString());
        Assert.Equal("amd64", inspected.RootElement.GetProperty("Architecture").GetString());
    }

    [Fact]
    public async Task A_second_push_finds_everything_and_another_repository_mounts_it()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = Client(Options);
        ImageReference first = ImageReference.Parse($"{registry.Address}/a:1");
        ImageReference second = ImageReference.Parse($"{registry.Address}/b:1");
        Image image = TestImages.Create(ImageFormat.Oci);
        IBlobSource layer = image.Layers[0];

        Assert.Equal(BlobPush.Uploaded, await client.PushBlobAsync(first, layer, Cancel));
        Assert.Equal(BlobPush.WasThere, await client.PushBlobAsync(first, layer, Cancel));
        Assert.False(await client.BlobExistsAsync(second, layer.Descriptor.Digest, Cancel));
        Assert.Equal(BlobPush.Mounted, await client.PushBlobAsync(second, new RemoteBlob(client, first, layer.Descriptor), Cancel));
        Assert.True(await client.BlobExistsAsync(second, layer.Descriptor.Digest, Cancel));
    }

    [Fact]
    public async Task A_tag_that_is_not_there_is_null_to_find_and_an_error_to_pull()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = Client(Options);
        ImageReference reference = ImageReference.Parse($"{registry.Address}/none:1");

        Assert.Null(await client.FindManifestAsync(reference, Cancel));
        BuildException error = await Assert.ThrowsAsync<BuildException>(() => client.PullManifestAsync(reference, Cancel));

        Assert.Equal(DiagnosticRules.NotInRegistry, error.Diagnostic.Rule);
        Assert.Contains("MANIFEST_UNKNOWN", error.Message);
    }

    [Fact]
    public async Task A_certificate_of_its_own_making_is_refused_with_its_reason()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tls = true }, Cancel);
        await using RegistryClient client = Client(Options);

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => client.PullManifestAsync(ImageReference.Parse($"{registry.Address}/app:1"), Cancel));

        Assert.Equal(DiagnosticRules.RegistryNotTrusted, error.Diagnostic.Rule);
        Assert.Contains("CN=kiln test registry", error.Message);
        Assert.Contains($"--skip-tls-verify-registry {registry.Address}", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task A_certificate_is_not_checked_where_the_user_says_so()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tls = true }, Cancel);
        await using RegistryClient client = Client(Options with { SkipTlsVerifyHosts = [registry.Address] });
        ImageReference reference = ImageReference.Parse($"{registry.Address}/app:1");
        Image image = TestImages.Create(ImageFormat.Oci);

        await client.PushImageAsync(reference, image, Cancel);

        Assert.Equal(image.Digest, (await client.PullManifestAsync(reference, Cancel)).Digest);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_password_in_the_docker_configuration_opens_the_registry(bool tls)
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(
            new DockerRegistryOptions { Tls = tls, User = ("alice", "pass:word") }, Cancel);
        using var directory = new TempDirectory();
        string auth = Convert.ToBase64String(Encoding.UTF8.GetBytes("alice:pass:word"));
        await File.WriteAllTextAsync(directory.Path("config.json"), $$$$"""{"auths":{"{{{{registry.Address}}}}":{"auth":"{{{{auth}}}}"}}}""", Cancel);
        using var credentials = new DockerConfigCredentials(directory.Path("config.json"));
        await using var client = new RegistryClient(Options with { SkipTlsVerify = tls }, credentials, TimeProvider.System);
        ImageReference reference = ImageReference.Parse($"{registry.Address}/app:1");
        Image image = TestImages.Create(ImageFormat.Docker);

        await client.PushImageAsync(reference, image, Cancel);

        Assert.Equal(image.Digest, (await client.PullImageAsync(reference, Amd64, Cancel)).Image.Digest);
    }

    [Fact]
    public async Task Without_a_password_a_locked_registry_says_where_one_could_be_put()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("alice", "x") }, Cancel);
        using var credentials = new DockerConfigCredentials("/nowhere/config.json");
        await using var client = new RegistryClient(Options, credentials, TimeProvider.System);

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => client.PushImageAsync(ImageReference.Parse($"{registry.Address}/app:1"), TestImages.Create(ImageFormat.Oci), Cancel));

        Assert.Equal(DiagnosticRules.AccessDenied, error.Diagnostic.Rule);
        Assert.Equal($"no credentials for `{registry.Address}` were found in `/nowhere/config.json`", error.Diagnostic.Hint);
    }

    [Fact]
    public async Task An_image_of_docker_hub_comes_from_a_mirror()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Cancel);
        await using RegistryClient client = Client(Options with { Mirrors = [registry.Address] });
        Image image = TestImages.Create(ImageFormat.Docker);
        await client.PushImageAsync(ImageReference.Parse($"{registry.Address}/library/debian:12"), image, Cancel);

        RemoteImage pulled = await client.PullImageAsync(ImageReference.Parse("debian:12"), Amd64, Cancel);

        Assert.Equal($"docker.io/library/debian:12@{image.Digest}", pulled.Reference.ToString());
    }

    [Fact]
    public async Task A_host_that_does_not_exist_is_named()
    {
        await using RegistryClient client = Client(Options);

        BuildException error = await Assert.ThrowsAsync<BuildException>(
            () => client.PullManifestAsync(ImageReference.Parse("kiln-test.invalid/app:1"), Cancel));

        Assert.Equal(DiagnosticRules.RegistryUnreachable, error.Diagnostic.Rule);
        Assert.Contains("`kiln-test.invalid`", error.Message);
    }

    private static RegistryClient Client(RegistryOptions options) => new(options, new NoCredentials(), TimeProvider.System);
}
