// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.SystemTests.Sandbox;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>A build that is stopped in the middle of a `RUN`.</summary>
public sealed class StopTests(BuildWorld world)
{
    private static int _marks = 4000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TERM", 143, 0u)]
    [InlineData("INT", 130, 0u)]
    [InlineData("TERM", 143, 1000u)]
    [InlineData("INT", 130, 1000u)]
    public async Task A_signal_ends_it_soon_and_leaves_nothing(string signal, int status, uint uid)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        (RunningProgram build, string mark) = await StartSleepingAsync(place);
        using (build)
        {
            long asked = Stopwatch.GetTimestamp();
            build.Signal(signal);
            KilnRun run = await build.WaitAsync(Token);

            Assert.Equal(status, run.Status);
            Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 2);
            Assert.Single(run.Error.Split('\n'), line => line.Contains("error KILN", StringComparison.Ordinal));
        }
        Assert.Null(Machine.FindProcess("sleep", mark));
        Assert.Empty(place.Remains());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1000u)]
    public async Task After_a_kill_the_step_is_gone_and_the_next_build_clears_what_is_left(uint uid)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        (RunningProgram build, string mark) = await StartSleepingAsync(place);
        using (build)
        {
            build.Signal("KILL");
            await build.WaitAsync(Token);
        }
        await WaitForTheEndOfAsync(mark);
        Assert.NotEmpty(place.Remains());
        place.Dockerfile("FROM base\nRUN echo again");

        KilnRun next = await place.BuildAsync(["--no-push"], Token);

        Assert.True(next.Status == 0, next.All);
        Assert.Empty(place.Remains());
    }

    /// <summary>A build in the middle of `sleep MARK`; the mark is a number that no other process sleeps.</summary>
    private static async Task<(RunningProgram Build, string Mark)> StartSleepingAsync(BuildPlace place)
    {
        string mark = $"{Environment.ProcessId}{Interlocked.Increment(ref _marks)}";
        place.Dockerfile($"FROM base\nRUN echo sleeping && sleep {mark} && true");
        RunningProgram build = place.StartBuild(["--destination", place.NewDestination()]);
        await build.WaitForAsync("sleeping", Token);
        while (Machine.FindProcess("sleep", mark) is null)
            await Task.Delay(20, Token);
        return (build, mark);
    }

    private static async Task WaitForTheEndOfAsync(string mark)
    {
        for (int i = 0; i < 100 && Machine.FindProcess("sleep", mark) is not null; i++)
            await Task.Delay(20, Token);
        Assert.Null(Machine.FindProcess("sleep", mark));
    }
}
