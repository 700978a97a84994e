// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>Every place that an image can go to, read by others.</summary>
public sealed class OutputTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_loads_into_podman_and_runs()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        await BuildAsync(place, ["--no-push", "--destination", "example.org/from/archive:1", "--tar-path", place.Path("image.tar")]);

        KilnRun load = await podman.CallAsync(["load", "-i", place.Path("image.tar")], Token);
        KilnRun run = await podman.RunAsync(["example.org/from/archive:1"], Token);

        Assert.Contains("example.org/from/archive:1", load.All, StringComparison.Ordinal);
        Assert.Equal("made\n", run.Output);
    }

    [Fact]
    public async Task A_layout_is_read_by_skopeo()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        await BuildAsync(place, ["--no-push", "--oci-layout-path", place.Path("layout"), "--digest-file", place.Path("digest")]);

        string digest = await Programs.RunAsync(["skopeo", "inspect", "--format", "{{.Digest}}", $"oci:{place.Path("layout")}"], Token);

        Assert.Equal(await File.ReadAllTextAsync(place.Path("digest"), Token), digest.Trim());
    }

    [Fact]
    public async Task The_digest_file_names_what_the_registry_serves_under_both_destinations()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string first = place.NewDestination(), second = first.Replace("latest", "second", StringComparison.Ordinal);
        await BuildAsync(place, ["--destination", first, "-d", second, "--digest-file", place.Path("digest")]);

        string digest = await File.ReadAllTextAsync(place.Path("digest"), Token);

        Assert.Equal(digest, (await PushedImage.FetchAsync(first, Token)).Digest);
        Assert.Equal(digest, (await PushedImage.FetchAsync(second, Token)).Digest);
    }

    [Fact]
    public async Task Reports_name_every_destination_and_only_what_was_pushed()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string first = place.NewDestination(), second = first.Replace("latest", "second", StringComparison.Ordinal), name = first[..first.LastIndexOf(':')];
        place.Environment["BUILDER_OUTPUT"] = place.Path("outputs");
        string[] flags =
        [
            "--destination", first, "-d", second,
            "--image-name-with-digest-file", place.Path("new/names"), "--image-name-tag-with-digest-file", place.Path("new/tagged"), "--metadata-file", place.Path("metadata"),
        ];

        await BuildAsync(place, [.. flags, "--no-push"]);
        Assert.False(File.Exists(place.Path("outputs/images")));
        await BuildAsync(place, flags);

        string digest = (await PushedImage.FetchAsync(first, Token)).Digest;
        Assert.Equal($"{name}@{digest}\n{name}@{digest}\n", await File.ReadAllTextAsync(place.Path("new/names"), Token));
        Assert.Equal($"{first}@{digest}\n{second}@{digest}\n", await File.ReadAllTextAsync(place.Path("new/tagged"), Token));
        Assert.Contains($"\"containerimage.digest\": \"{digest}\"", await File.ReadAllTextAsync(place.Path("metadata"), Token), StringComparison.Ordinal);
        Assert.Equal(2, (await File.ReadAllLinesAsync(place.Path("outputs/images"), Token)).Count(line => line.EndsWith($"\"digest\":\"{digest}\"}}", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_image_of_Dockers_media_types_with_annotations_is_read_by_skopeo()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();

        await BuildAsync(place, ["--destination", image, "--image-format", "docker", "--annotation", "org.example.a=b=c", "--annotation", "org.example.a=d", "--annotation", "x=y"]);

        JsonNode manifest = JsonNode.Parse(await Programs.RunAsync(["skopeo", "inspect", "--tls-verify=false", "--raw", $"docker://{image}"], Token))!;
        Assert.Equal("application/vnd.docker.distribution.manifest.v2+json", (string?)manifest["mediaType"]);
        Assert.Equal("application/vnd.docker.container.image.v1+json", (string?)manifest["config"]!["mediaType"]);
        Assert.All(manifest["layers"]!.AsArray(), layer => Assert.Equal("application/vnd.docker.image.rootfs.diff.tar.gzip", (string?)layer!["mediaType"]));
        Assert.Equal(("d", "y"), ((string?)manifest["annotations"]!["org.example.a"], (string?)manifest["annotations"]!["x"]));
    }

    /// <summary>What somebody wants who builds a program in a container, and not an image.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(12345u)]
    public async Task The_files_of_a_stage_are_written_to_a_directory_and_as_an_archive(uint uid)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        string destination = place.Path("out"), archive = place.Path("out.tar");
        place.Dockerfile("FROM base AS made\nRUN mkdir -p /o/d && echo 1 > /o/d/x && ln /o/d/x /o/y && chown 7:8 /o/d && chmod 750 /o/d && echo talk\nFROM scratch\nCOPY --from=made /o /");

        // As a shell would: the archive is all that comes there.
        using RunningProgram build = place.StartBuild(["--output", destination, "--output", "-"], uid == 0 ? ["sh", "-c", $"exec \"$@\" > {archive}", "sh"] : ["sh", "-c", $"umask 0; exec \"$@\" > {archive}", "sh"]);
        KilnRun run = await build.WaitAsync(Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("talk", run.Error, StringComparison.Ordinal);
        string owner = uid == 0 ? "7:8" : $"{uid}:{uid}";
        Assert.Equal($"750 {owner} 644 2\n", await Programs.RunAsync(["sh", "-c", $"cd {destination} && echo $(stat -c '%a %u:%g' d) $(stat -c '%a %h' d/x)"], Token));
        Assert.Equal(["d/ 7:8", "d/x 0:0", "y 0:0"], PushedImage.Entries(await File.ReadAllBytesAsync(archive, Token)).Select(entry => $"{entry.Name} {entry.Uid}:{entry.Gid}"));
    }

    [Fact]
    public async Task Archives_and_layouts_of_an_output_are_read_by_others_under_their_names()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        string pushed = place.NewDestination(), archive = place.Path("oci.tar"), docker = place.Path("docker.tar"), layout = place.Path("layout");

        await BuildAsync(place, ["-o", $"type=oci,dest={archive},name=example.org/a:1", "-o", $"type=docker,dest={docker},name=example.org/b:2", "-o", $"type=oci,tar=false,dest={layout}", "-o", $"type=registry,name={pushed},annotation.x=y"]);

        string digest = (await PushedImage.FetchAsync(pushed, Token)).Digest;
        foreach (string at in (string[])[$"oci-archive:{archive}", $"oci:{layout}"])
            Assert.Equal(digest, (await Programs.RunAsync(["skopeo", "inspect", "--format", "{{.Digest}}", at], Token)).Trim());
        Assert.DoesNotContain("manifest.json", await Programs.RunAsync(["tar", "-tf", archive], Token), StringComparison.Ordinal);
        Assert.Contains("example.org/b:2", await Programs.RunAsync(["tar", "-xOf", docker, "manifest.json"], Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_push_the_destination_stays_unknown()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        await BuildAsync(place, ["--destination", image, "--no-push"]);

        Assert.False(await PushedImage.ExistsAsync(image, Token));
    }

    [Fact]
    public async Task Step_output_goes_to_standard_output_and_talk_to_standard_error()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN echo from-the-step && echo complaint >&2");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal("from-the-step\n", run.Output);
        Assert.Contains("[1/1]", run.Error, StringComparison.Ordinal);
        Assert.Contains("complaint\n", run.Error, StringComparison.Ordinal);
    }

    private static async Task BuildAsync(BuildPlace place, IReadOnlyList<string> flags)
    {
        place.Dockerfile("FROM base\nRUN echo made > /srv/made\nCMD [\"cat\", \"/srv/made\"]");
        KilnRun run = await place.BuildAsync(flags, Token);
        Assert.True(run.Status == 0, run.All);
    }
}
