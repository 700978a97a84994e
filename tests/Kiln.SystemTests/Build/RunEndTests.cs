// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>How steps end that do not end well, and what they print meanwhile.</summary>
public sealed class RunEndTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_that_takes_too_long_is_ended_with_all_that_it_started()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN (trap '' TERM; sleep 4567890 & setsid sleep 4567890) & sleep 4567890");

        KilnRun run = await place.BuildAsync(["--no-push", "--run-timeout", "1500ms"], Token);

        Assert.Equal(124, run.Status);
        Assert.Contains("error KILN4012:", run.Error, StringComparison.Ordinal);
        Assert.Contains("was ended after 1.5 s, which `--run-timeout` allows", run.Error, StringComparison.Ordinal);
        Assert.Null(Sandbox.Machine.FindProcess("sleep", "4567890"));
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task The_limit_is_for_each_step()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN sleep 2\nRUN sleep 2\nRUN echo done");

        KilnRun run = await place.BuildAsync(["--no-push", "--run-timeout=30s"], Token);

        Assert.Equal("done\n", run.Output);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("30")]
    [InlineData("0s")]
    [InlineData("-5s")]
    public async Task A_limit_that_is_no_duration_is_an_error(string limit)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base");

        KilnRun run = await place.BuildAsync(["--no-push", $"--run-timeout={limit}"], Token);

        Assert.Equal(1, run.Status);
        Assert.Contains($"`--run-timeout {limit}` is no duration", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_signal_ends_a_download_that_does_not_go_on(string signal, int status)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile($"FROM {silent.LocalEndpoint}/base\nRUN true");
        using RunningProgram build = place.StartBuild(["--no-push"]);
        using TcpClient client = await silent.AcceptTcpClientAsync(Token);
        await client.GetStream().ReadExactlyAsync(new byte[16], Token);

        build.Signal(signal);
        KilnRun run = await build.WaitAsync(Token);

        Assert.Equal(status, run.Status);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_signal_ends_an_upload_that_does_not_go_on()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM scratch\nCOPY Dockerfile /");
        using RunningProgram build = place.StartBuild(["--destination", $"{silent.LocalEndpoint}/made/image:1", "--digest-file", place.Path("digest")]);
        using TcpClient client = await silent.AcceptTcpClientAsync(Token);
        await client.GetStream().ReadExactlyAsync(new byte[16], Token);

        build.Signal("TERM");
        KilnRun run = await build.WaitAsync(Token);

        Assert.Equal(143, run.Status);
        Assert.False(File.Exists(place.Path("digest")));
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_step_that_memory_ran_out_in_says_so()
    {
        using MemoryGroup group = MemoryGroup.Create(300 << 20);
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN head -c 1000000000 /dev/zero | tail -c 900000000 | wc -c; exit 3");
        string[] command = ["sh", "-c", $"echo $$ > {group.Processes} && exec \"$@\"", "sh", await world.BinaryAsync()];

        using RunningProgram build = RunningProgram.Start(
            [.. command, "build", "--context", place.Path("context"), "--registry-mirror", place.Registry, "--no-push"], place.Environment, place.Root);
        KilnRun run = await build.WaitAsync(Token);

        Assert.Equal(3, run.Status);
        Assert.Contains("error KILN4013:", run.Error, StringComparison.Ordinal);
        Assert.Contains("memory ran out (the container may use 300 MiB)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_printed_comes_through_byte_by_byte()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("""
            FROM base
            RUN printf '\033[31mred\033[0m\033]0;title\007\n'
            RUN printf 'no end of line'
            RUN printf 'a\rb\tc\n' >&2
            """);

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("\u001b[31mred\u001b[0m\u001b]0;title\u0007\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("no end of line", run.Output, StringComparison.Ordinal);
        Assert.Contains("b\tc\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_a_gigabyte_without_an_end_of_line_takes_no_memory()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN head -c 1000000000 /dev/zero");
        string binary = await world.BinaryAsync();

        string counted = await Programs.RunAsync(
            ["sh", "-c", $"HOME={place.Path("home")} KILN_ROOT={place.Path("root")} {binary} build --context {place.Path("context")} --registry-mirror {place.Registry} --no-push 2>/dev/null | wc -c"],
            Token);

        Assert.Equal("1000000000", counted.Trim());
    }

    [Fact]
    public async Task Nobody_has_a_terminal_and_input_is_empty()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN [ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo no terminal; cat | wc -c; (echo > /dev/tty) 2>/dev/null || echo none to be opened");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal("no terminal\n0\nnone to be opened\n", run.Output);
    }

    [Fact]
    public async Task Processes_that_nobody_waits_for_do_not_outlive_the_step_nor_hold_it_up()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN i=0; while [ $i -lt 300 ]; do (sh -c 'true &' ) ; i=$((i+1)); done; (sleep 7654321 &); echo done");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("done\n", run.Output);
        Assert.Null(Sandbox.Machine.FindProcess("sleep", "7654321"));
    }
}
