// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Oci;
using Kiln.Store;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Store;

/// <summary>What Kiln writes to disk, read by the programs that it is written for.</summary>
public class WitnessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Skopeo_reads_a_layout_by_tag_and_copies_all_of_it()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using var directory = new TempDirectory();
        Image image = TestImages.Create(ImageFormat.Oci);

        await new OciLayoutWriter(directory.Path("layout"), TimeProvider.System).WriteAsync(image, [ImageReference.Parse("h.io/app:1"), ImageReference.Parse("h.io/app:2")], Cancel);
        string answer = await Programs.RunAsync(["skopeo", "inspect", $"oci:{directory.Path("layout")}:2"], Cancel);
        await Programs.RunAsync(["skopeo", "--insecure-policy", "copy", $"oci:{directory.Path("layout")}:1", $"dir:{directory.Path("copy")}"], Cancel);

        using JsonDocument inspected = JsonDocument.Parse(answer);
        Assert.Equal(image.Digest.ToString(), inspected.RootElement.GetProperty("Digest").GetString());
        Assert.True(File.Exists(directory.Path("copy/" + image.Layers[0].Descriptor.Digest.Hex)));
    }

    [Fact]
    public async Task A_layout_that_skopeo_wrote_is_read()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using var directory = new TempDirectory();
        Image image = TestImages.Create(ImageFormat.Oci);
        await DockerArchiveWriter.WriteAsync(directory.Path("image.tar"), image, [ImageReference.Parse("h.io/app:1")], Cancel);

        await Programs.RunAsync(
            ["skopeo", "--insecure-policy", "copy", $"docker-archive:{directory.Path("image.tar")}", $"oci:{directory.Path("layout")}:x"], Cancel);
        Image read = await new OciLayoutReader(directory.Path("layout")).ReadAsync("x", new Platform("linux", "amd64"), Cancel);

        Assert.Equal(ImageConfig.Parse(image.Config).RootFs.DiffIds, ImageConfig.Parse(read.Config).RootFs.DiffIds);
        await using Stream layer = await read.Layers[0].OpenAsync(Cancel);
        await layer.CopyToAsync(Stream.Null, Cancel);
    }

    [Fact]
    public async Task Podman_loads_an_archive_with_all_its_tags()
    {
        Assert.SkipUnless(Programs.Has("podman"), "podman is not installed");
        using var directory = new TempDirectory();
        await DockerArchiveWriter.WriteAsync(
            directory.Path("image.tar"), TestImages.Create(ImageFormat.Oci), [ImageReference.Parse("h.io/app:1"), ImageReference.Parse("app:2")], Cancel);
        string[] podman = ["podman", "--root", directory.Path("root"), "--runroot", directory.Path("run"), "--storage-driver", "vfs"];

        await Programs.RunAsync([.. podman, "load", "--input", directory.Path("image.tar")], Cancel);
        string names = await Programs.RunAsync([.. podman, "image", "list", "--format", "{{.Repository}}:{{.Tag}}"], Cancel);

        Assert.Equal(["docker.io/library/app:2", "h.io/app:1"], names.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }
}
