// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Builds on images that lie on disk, as other programs wrote them.</summary>
public sealed class LocalBaseTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("oci:{0}/image:one", "oci-layout://{0}/image:one")]
    [InlineData("oci:{0}/image", "oci-layout://{0}/image")]
    [InlineData("docker-archive:{0}/image:example.org/base:1", "docker-archive:{0}/image:example.org/base:1")]
    [InlineData("docker-archive:{0}/image:example.org/base:1", "docker-archive:{0}/image")]
    [InlineData("oci-archive:{0}/image:one", "docker-archive://{0}/image:one")]
    public async Task A_named_context_can_be_what_skopeo_wrote(string written, string read)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await CopyBaseAsync(place, string.Format(null, written, place.Root));
        string image = place.NewDestination();
        place.Dockerfile("FROM local\nRUN cat /etc/passwd > /srv/copied && busybox true\nCOPY --from=local /etc/passwd /srv/again");

        KilnRun run = await place.BuildAsync(["--build-context", $"local={string.Format(null, read, place.Root)}", "--destination", image], Token);

        Assert.True(run.Status == 0, run.All);
        PushedImage made = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(made.FindText("etc/passwd"), made.FindText("srv/copied"));
        Assert.Equal(made.FindText("etc/passwd"), made.FindText("srv/again"));
    }

    [Fact]
    public async Task A_packed_archive_is_a_base_too()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await CopyBaseAsync(place, $"docker-archive:{place.Path("image")}:example.org/base:1");
        await Programs.RunAsync(["gzip", place.Path("image")], Token);
        place.Dockerfile("FROM local\nRUN test -s /etc/passwd");

        KilnRun run = await place.BuildAsync(["--build-context", $"local=docker-archive:{place.Path("image.gz")}", "--no-push"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_Dockerfile_names_images_of_its_context()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await CopyBaseAsync(place, $"oci:{place.ContextPath("image")}:one");
        place.Dockerfile("FROM oci-layout://image:one\nRUN test -s /etc/passwd");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.True(run.Status == 0, run.All);
    }

    [Theory]
    [InlineData("oci-layout://../image:one")]
    [InlineData("oci-layout://link:one")]
    [InlineData("docker-archive:link/index.json")]
    public async Task A_Dockerfile_names_nothing_outside_of_its_context(string source)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await CopyBaseAsync(place, $"oci:{place.Path("image")}:one");
        File.CreateSymbolicLink(place.ContextPath("link"), place.Path("image"));
        place.Dockerfile($"FROM {source}");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal(1, run.Status);
        Assert.Contains("Dockerfile:1:6: error KILN2010", run.Error, StringComparison.Ordinal);
    }

    private async Task CopyBaseAsync(BuildPlace place, string destination)
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        await Programs.RunAsync(
            ["skopeo", "--insecure-policy", "copy", "--src-tls-verify=false", $"docker://{await world.RegistryAsync()}/library/base:latest", destination], Token);
    }
}
