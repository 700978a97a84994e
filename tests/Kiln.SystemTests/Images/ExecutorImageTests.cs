// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Images;

/// <summary>The executor image in containers as different runtimes and clusters make them: it builds in all of them as it is.</summary>
public sealed class ExecutorImageTests(BuildWorld world, ExecutorImage image)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot", "DOCKER")]
    [InlineData("supervised", "DOCKER", "--cap-drop", "ALL")]
    [InlineData("namespaces", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--read-only-tmpfs=false", "--user", "65532")]
    [InlineData("supervised", "DOCKER", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--read-only-tmpfs=false", "--user", "1000700000:0")]
    public async Task It_builds_as_whoever_it_is_run(string rung, params string[] restrictions)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        string destination = place.NewDestination();
        place.Dockerfile("""
            FROM base AS first
            RUN echo made > /srv/made && chown app /srv/made
            FROM base
            COPY --from=first /srv/made /srv/
            RUN rm /srv/keep && cat /srv/made && id -u
            """);
        await Programs.RunAsync(["chmod", "-R", "a+rX", place.Root], Token);

        KilnRun run = await podman.RunAsync(
            [
                .. restrictions.SelectMany(word => word == "DOCKER" ? Podman.DockersRefusals : [word]), "--volume", $"{place.Path("context")}:/workspace:ro",
                ExecutorImage.Plain, "--registry-mirror", place.Registry, "--destination", destination, "",
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains($"isolation: {rung}", run.Error, StringComparison.Ordinal);
        Assert.Equal("made\n0\n", run.Output);
        IReadOnlyList<string> files = (await PushedImage.FetchAsync(destination, Token)).List();
        Assert.Contains(files, line => line.Contains("1000:0 RegularFile srv/made", StringComparison.Ordinal));
        Assert.Contains(files, line => line.Contains("srv/.wh.keep", StringComparison.Ordinal));
    }

    /// <summary>.NET in a container's first process takes the ends of all children once it has a terminal, or has started a program itself.</summary>
    [Theory]
    [InlineData]
    [InlineData("DOCKER")]
    public async Task On_a_terminal_no_step_s_end_is_lost(params string[] restrictions)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        place.Dockerfile("FROM base\n" + string.Concat(Enumerable.Repeat("RUN (setsid sleep 1000 &) ; true\n", 6)));

        KilnRun run = await podman.RunAsync(
            [
                .. restrictions.SelectMany(_ => Podman.DockersRestrictions), "--tty", "--volume", $"{place.Path("context")}:/workspace:ro",
                ExecutorImage.Plain, "--registry-mirror", place.Registry, "--no-push", "--skip-unused-stages",
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
    }
}
