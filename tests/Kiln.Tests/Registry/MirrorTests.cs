// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
using Kiln.Registry.Auth;
using Kiln.Registry.Hosts;
using Xunit;

namespace Kiln.Tests.Registry;

public class MirrorTests
{
    private static readonly ImageReference Debian = ImageReference.Parse("debian:12");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(500)]
    [InlineData(0)]
    public async Task The_next_mirror_is_asked_where_one_does_not_help(int status)
    {
        await using var broken = new FakeServer(_ => status == 0 ? FakeResponse.Reset : FakeResponse.Of(status));
        await using var good = new FakeServer(_ => Samples.Serve(Samples.Image.Manifest));
        await using RegistryClient client = RegistryClients.Create(With(broken.Address, good.Address + "/prefix"));

        RawDocument manifest = await client.PullManifestAsync(Debian, Cancel);

        Assert.Equal(Samples.Image.Digest, manifest.Digest);
        Assert.StartsWith("GET /v2/library/debian/manifests/12", broken.Log.First());
        Assert.Equal("GET /v2/prefix/library/debian/manifests/12", Assert.Single(good.Log));
    }

    [Fact]
    public async Task The_first_mirror_that_has_the_image_is_the_only_one_asked()
    {
        await using var first = new FakeServer(_ => Samples.Serve(Samples.Image.Manifest));
        await using var second = new FakeServer(_ => Samples.Serve(Samples.Image.Manifest));
        await using RegistryClient client = RegistryClients.Create(With(first.Address, second.Address));

        await client.PullManifestAsync(Debian, Cancel);

        Assert.Empty(second.Requests);
    }

    [Fact]
    public async Task Images_of_other_registries_are_not_looked_for_in_mirrors()
    {
        await using var mirror = new FakeServer(_ => Samples.Serve(Samples.Image.Manifest));
        await using var registry = new FakeServer(_ => FakeResponse.Of(404));
        await using RegistryClient client = RegistryClients.Create(With(mirror.Address));

        await Assert.ThrowsAsync<BuildException>(
            () => client.PullManifestAsync(ImageReference.Parse($"{registry.Address}/library/debian:12"), Cancel));

        Assert.Empty(mirror.Requests);
    }

    [Fact]
    public async Task A_mirror_gets_no_credentials_of_the_registry_it_stands_for()
    {
        await using var mirror = new FakeServer(request => request.Path == "/token"
            ? FakeResponse.Of(200, """{"token":"t1"}""")
            : request.Authorization == "Bearer t1" ? Samples.Serve(Samples.Image.Manifest)
            : FakeResponse.Of(401, "", ("WWW-Authenticate", $"Bearer realm=\"http://{request.Headers["host"]}/token\"")));
        using var credentials = DockerConfigCredentials.OfVariable(
            "X", """{"auths":{"https://index.docker.io/v1/":{"username":"hub","password":"s3cret"}}}""", ImmutableDictionary<string, ICredentialSource>.Empty);
        await using var client = new RegistryClient(With(mirror.Address), credentials, TimeProvider.System);

        await client.PullManifestAsync(Debian, Cancel);

        Assert.Null(Assert.Single(mirror.Requests, request => request.Path == "/token").Authorization);
    }

    [Fact]
    public async Task In_strict_mode_the_registry_itself_is_not_asked()
    {
        await using var mirror = new FakeServer(_ => FakeResponse.Of(404));
        await using var registry = new FakeServer(_ => Samples.Serve(Samples.Image.Manifest));
        RegistryOptions options = RegistryClients.Impatient with
        {
            Substitutes = [new RegistrySubstitute(registry.Address, mirror.Address + "/x")],
            SkipDefaultRegistryFallback = true,
        };
        await using RegistryClient strict = RegistryClients.Create(options);
        await using RegistryClient lenient = RegistryClients.Create(options with { SkipDefaultRegistryFallback = false });
        ImageReference reference = ImageReference.Parse($"{registry.Address}/app:1");

        var error = await Assert.ThrowsAsync<BuildException>(() => strict.PullManifestAsync(reference, Cancel));
        Assert.Equal(DiagnosticRules.NotInRegistry, error.Diagnostic.Rule);
        Assert.Empty(registry.Requests);

        await lenient.PullManifestAsync(reference, Cancel);
        Assert.Single(registry.Requests);
        Assert.All(mirror.Log, line => Assert.Equal("GET /v2/x/app/manifests/1", line));
    }

    [Fact]
    public async Task A_mirror_of_registries_conf_is_asked_for_its_prefix()
    {
        await using var mirror = new FakeServer(_ => Samples.Serve(Samples.Image.Manifest));
        RegistriesConf conf = RegistriesConf.Parse("r.conf", $"[[registry]]\nprefix=\"quay.io\"\n[[registry.mirror]]\nlocation=\"{mirror.Address}/q\"\ninsecure=true\n");
        await using RegistryClient client = RegistryClients.Create(RegistryClients.Impatient with { Rules = () => conf.Rules });

        await client.PullManifestAsync(ImageReference.Parse("quay.io/a/b:1"), Cancel);

        Assert.Equal(["GET /v2/q/a/b/manifests/1"], mirror.Log);
    }

    private static RegistryOptions With(params string[] mirrors) => RegistryClients.Impatient with { Mirrors = [.. mirrors] };
}
