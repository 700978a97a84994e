// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Kiln.SystemTests.Sandbox;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>A step that fails ends the build with its own status, and leaves nothing behind: no tag, no digest file, no work.</summary>
public sealed class FailingStepTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("RUN exit 42", 42)]
    [InlineData("RUN no-such-program", 127)]
    [InlineData("RUN [\"/no/such/program\"]", 127)]
    [InlineData("RUN [\"/srv/keep\"]", 126)]
    [InlineData("RUN sh -c 'kill -TERM $$'; exit $?", 128 + 15)]
    [InlineData("RUN sh -c 'kill -KILL $$'; exit $?", 128 + 9)]
    public async Task The_exit_status_is_the_step_s(string step, int status)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile($"FROM base AS fine\nRUN echo fine > /srv/fine\nFROM base\nCOPY --from=fine /srv/fine /srv/fine\n{step}");

        KilnRun run = await place.BuildAsync(["--destination", image, "--digest-file", place.Path("digest")], Token);

        Assert.True(run.Status == status, run.All);
        Assert.Contains("Dockerfile:5:1: error KILN", run.Error, StringComparison.Ordinal);
        Assert.False(await PushedImage.ExistsAsync(image, Token));
        Assert.False(File.Exists(place.Path("digest")));
        Assert.Empty(place.Remains());
    }

    /// <summary>The step's first process is the init of its namespace, which only somebody outside can kill: the kernel, for want of memory.</summary>
    [Theory]
    [InlineData("build", 128 + 9)]
    [InlineData("executor", 255)]
    public async Task A_step_that_is_killed_from_outside_says_so(string command, int status)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string mark = $"{Environment.ProcessId}3999";
        place.Dockerfile($"FROM base\nRUN [\"sleep\", \"{mark}\"]");
        string[] flags = ["--context", place.Path("context"), "", "--registry-mirror", place.Registry, "--no-push"];
        using RunningProgram build = command == "build" ? place.StartBuild(flags) : place.Start(flags, ["bash", "-c", "exec -a /kaniko/executor \"$0\" \"$@\""]);
        int? step;
        while ((step = Machine.FindProcess("sleep", mark)) is null)
        {
            Assert.False(build.HasEnded, "the build ended before its step began");
            await Task.Delay(20, Token);
        }
        await Programs.RunAsync(["kill", "-KILL", $"{step}"], Token);

        KilnRun run = await build.WaitAsync(Token);

        Assert.Equal(status, run.Status);
        Assert.Contains("SIGKILL", run.Error, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_tag_that_was_there_stays_what_it_was()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile("FROM base\nENV GOOD=1");
        await place.BuildAsync(["--destination", image], Token);
        string before = (await PushedImage.FetchAsync(image, Token)).Digest;
        place.Dockerfile("FROM base\nENV GOOD=0\nRUN false");

        KilnRun run = await place.BuildAsync(["--destination", image], Token);

        Assert.Equal(1, run.Status);
        Assert.Equal(before, (await PushedImage.FetchAsync(image, Token)).Digest);
    }

    [Fact]
    public async Task When_the_second_destination_refuses_no_digest_file_is_written()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base");

        KilnRun run = await place.BuildAsync(
            ["-d", place.NewDestination(), "-d", "127.0.0.1:1/nobody/home", "--digest-file", place.Path("digest")], Token);

        Assert.Equal(1, run.Status);
        Assert.False(File.Exists(place.Path("digest")));
        Assert.Empty(place.Remains());
    }
}
