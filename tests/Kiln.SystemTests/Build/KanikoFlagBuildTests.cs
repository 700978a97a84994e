// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What kaniko's flags do to whole builds.</summary>
public sealed class KanikoFlagBuildTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A later step sees what it would see if the one before came from a cache.</summary>
    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    public async Task An_ignored_path_is_in_no_layer_and_in_sight_of_no_later_step(string isolation)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "the chroot rung is root's");
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile(
            """
            FROM base
            RUN mkdir -p /scratch/deep /keep && echo 1 > /scratch/deep/file && echo 2 > /keep/file && rm /etc/passwd
            RUN ls -d /scratch /etc/passwd >> /keep/file 2>&1 || true
            COPY Dockerfile /scratch/
            """);

        KilnRun run = await place.BuildAsync(["--isolation", isolation, "-d", image, "--ignore-path=/scr*", "--ignore-path", "/etc/passwd"], Token);

        Assert.True(run.Status == 0, run.All);
        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(["keep/", "keep/file", "--", "keep/", "keep/file", "--"], pushed.Layers.TakeLast(3).SelectMany(layer => PushedImage.Entries(layer).Select(entry => entry.Name).Append("--")).SkipLast(1));
        Assert.Contains("/etc/passwd\n", pushed.FindText("keep/file"), StringComparison.Ordinal);
        Assert.Contains("/scratch: No such file", pushed.FindText("keep/file"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_targets_all_are_built_and_the_first_is_pushed()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile("FROM base AS app\nRUN touch /app\nFROM app AS test\nRUN echo tested && touch /test\nFROM app AS broken\nRUN exit 7");

        KilnRun failed = await place.BuildAsync(["-d", image, "--target=app", "--target", "broken"], Token);
        bool pushedThen = await PushedImage.ExistsAsync(image, Token);
        KilnRun run = await place.BuildAsync(["-d", image, "--target=app,test"], Token);

        Assert.Equal((7, false), (failed.Status, pushedThen));
        Assert.True(run.Status == 0, run.All);
        Assert.Contains("tested", run.Output, StringComparison.Ordinal);
        Assert.Equal(["app"], PushedImage.Entries((await PushedImage.FetchAsync(image, Token)).Layers[^1]).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("docker", "0:0 5:0", "0 9", "flag", "application/vnd.oci.image.manifest.v1+json")]
    [InlineData("kaniko", "77:77 5:0", "77 0", "file", "application/vnd.docker.distribution.manifest.v2+json")]
    public async Task Images_come_out_as_the_builder_has_them_that_is_asked_for(string builder, string owners, string groups, string label, string mediaType)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Environment["KILN_COMPAT"] = builder;
        place.Dockerfile(
            """
            FROM base AS made
            LABEL l=file
            RUN mkdir -m 777 /g
            USER 77
            RUN id -g > /g/groups
            COPY Dockerfile /copied
            COPY --chown=5:0 Dockerfile /given
            USER 0:9
            RUN id -g >> /g/groups
            FROM scratch
            LABEL l=file
            COPY --from=made /copied /given /g/groups /
            """);

        KilnRun run = await place.BuildAsync(["-d", image, "--label", "l=flag"], Token);

        Assert.True(run.Status == 0, run.All);
        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(owners, string.Join(' ', PushedImage.Entries(pushed.Layers[0]).Where(entry => entry.Name != "groups").Select(entry => $"{entry.Uid}:{entry.Gid}")));
        Assert.Equal(groups, pushed.FindText("groups")!.Trim().Replace('\n', ' '));
        Assert.Equal(label, pushed.Config.GetProperty("config").GetProperty("Labels").GetProperty("l").GetString());
        Assert.Contains(mediaType, System.Text.Encoding.UTF8.GetString(pushed.Manifest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_says_the_plan_and_does_nothing()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile("FROM base AS app\nRUN touch /app");

        KilnRun run = await place.BuildAsync(["-d", image, "--dryrun", "--tar-path", place.Path("image.tar")], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("RUN touch /app", run.Output, StringComparison.Ordinal);
        Assert.False(await PushedImage.ExistsAsync(image, Token) || File.Exists(place.Path("image.tar")));
    }
}
