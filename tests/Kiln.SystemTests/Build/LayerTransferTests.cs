// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Layers on their way from a build to those who run the image.</summary>
public sealed class LayerTransferTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>One layer is small, one large enough to be sent while it is made.</summary>
    [Theory]
    [InlineData("gzip", "application/vnd.oci.image.layer.v1.tar+gzip")]
    [InlineData("zstd", "application/vnd.oci.image.layer.v1.tar+zstd")]
    [InlineData("none", "application/vnd.oci.image.layer.v1.tar")]
    public async Task Layers_of_every_compression_are_pulled_and_run(string compression, string mediaType)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string image = place.NewDestination();
        byte[] noise = new byte[12 << 20];
        new Random(1).NextBytes(noise);
        await File.WriteAllBytesAsync(place.ContextPath("noise"), noise, Token);
        place.Dockerfile("FROM base\nRUN echo small > /srv/small\nCOPY noise /srv/noise");

        KilnRun build = await place.BuildAsync(["--destination", image, "--compression", compression, "--verbosity=debug"], Token);

        Assert.True(build.Status == 0, build.All);
        string manifest = await Programs.RunAsync(["skopeo", "inspect", "--raw", "--tls-verify=false", $"docker://{image}"], Token);
        Assert.Contains($"\"{mediaType}\"", manifest, StringComparison.Ordinal);
        KilnRun run = await podman.RunAsync(["--tls-verify=false", image, "sh", "-c", "cat /srv/small; sha256sum /srv/noise"], Token);
        Assert.Equal($"small\n{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(noise))}  /srv/noise\n", run.Output);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_base_from_another_registry_is_sent_while_the_steps_run()
    {
        await using DockerRegistry other = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Token);
        using BuildPlace place = await world.NewPlaceAsync();
        string layers = await Programs.RunAsync(
            ["skopeo", "inspect", "--tls-verify=false", "--format", "{{range .Layers}}{{.}} {{end}}", $"docker://{place.Registry}/library/base:latest"], Token);
        // The step ends when it sees them.
        place.Dockerfile($"FROM base\nRUN for layer in {layers.Trim()}; do until wget -q -O /dev/null http://{other.Address}/v2/app/blobs/$layer; do sleep 0.1; done; done");

        KilnRun build = await place.BuildAsync(["--destination", $"{other.Address}/app:1"], Token).WaitAsync(TimeSpan.FromMinutes(5), Token);

        Assert.True(build.Status == 0, build.All);
    }

    [Fact]
    public async Task Who_may_not_push_learns_it_before_the_steps_have_run()
    {
        await using DockerRegistry closed = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("somebody", "else") }, Token);
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN sleep 600");

        // The step alone would take longer than the test may.
        KilnRun build = await place.BuildAsync(["--destination", $"{closed.Address}/app:1"], Token).WaitAsync(TimeSpan.FromMinutes(5), Token);

        Assert.Equal(1, build.Status);
        Assert.Equal(1, build.Error.Split("error KILN").Length - 1);
        Assert.Contains($"`{closed.Address}` answered 401", build.Error, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }
}
