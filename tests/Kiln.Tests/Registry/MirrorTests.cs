// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry;
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

    private static RegistryOptions With(params string[] mirrors) => RegistryClients.Impatient with { Mirrors = [.. mirrors] };
}
