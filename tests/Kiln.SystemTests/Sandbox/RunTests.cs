// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Sandbox.Results;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

[Collection("measured steps")]
public sealed class RunTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_ends_with_its_own_code() =>
        Assert.Equal(new Exited(42), await Step.Shell(tree, "exit 42").RunAsync(Token));

    [Fact]
    public async Task A_signal_from_outside_is_told_apart_from_a_code()
    {
        string mark = $"{Random.Shared.Next(1_000_000, 9_999_999)}";
        Task<RunResult> run = new Step(tree, "sleep", mark).RunAsync(Token);
        int? found;
        while ((found = Machine.FindProcess("sleep", mark)) is null)
            await Task.Delay(10, Token);

        using (var process = Process.GetProcessById(found.Value))
            process.Kill();

        Assert.Equal(new Signaled(9), await run);
    }

    [Fact]
    public async Task A_killed_child_is_told_to_the_shell_by_its_signal() =>
        Assert.Equal("137\n", await Step.Shell(tree, "sh -c 'kill -9 $$'; echo $?").OutputAsync());

    [Fact]
    public async Task A_closed_pipe_ends_the_writer_silently() =>
        Assert.Equal("y\n", await Step.Shell(tree, "yes | head -n 1").OutputAsync());

    [Fact]
    public async Task The_environment_is_the_requested_one_with_a_home_and_nothing_else()
    {
        var step = new Step(tree, "env").With(request => request with { Environment = ["B=2", "A=x y", "PATH=/bin"] });

        Assert.Equal("B=2\nA=x y\nPATH=/bin\nHOME=/root\n", await step.OutputAsync());
    }

    [Fact]
    public async Task A_path_is_added_where_there_is_none()
    {
        var step = new Step(tree, "env").With(request => request with { Environment = ["HOME=/x"] });

        Assert.Equal("HOME=/x\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n", await step.OutputAsync());
    }

    [Fact]
    public async Task A_missing_working_directory_is_made_and_stays()
    {
        var step = Step.Shell(tree, "pwd").With(request => request with { WorkingDirectory = UnixPath.Clean("/new/deep") });

        Assert.Equal("/new/deep\n", await step.OutputAsync());
        Assert.True(Directory.Exists($"{step.Upper}/new/deep"));
    }

    [Fact]
    public async Task Standard_input_is_empty_and_nothing_else_is_open() =>
        Assert.Equal("0\n0 1 2 3\n", await Step.Shell(tree, "cat | wc -c; ls /proc/self/fd | xargs").OutputAsync());

    [Fact]
    public async Task Output_and_errors_come_apart()
    {
        var step = Step.Shell(tree, "echo out; echo err >&2; echo more > /dev/stdout");

        Assert.Equal("out\nmore\n", await step.OutputAsync());
        Assert.Equal("err\n", step.Error);
    }

    [Fact]
    public async Task A_process_left_in_the_background_does_not_keep_the_step()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(20));

        Assert.Equal(new Exited(0), await Step.Shell(tree, "(sleep 1000 &) ; setsid sleep 1000 & echo started").RunAsync(limit.Token));
    }

    [Fact]
    public async Task Cancellation_kills_the_whole_tree_of_processes()
    {
        using var cancelled = new CancellationTokenSource();
        string mark = $"{Random.Shared.Next(1_000_000, 9_999_999)}";
        var step = Step.Shell(tree, $"setsid sleep {mark} & echo started; sleep {mark}");
        Task<RunResult> run = step.RunAsync(cancelled.Token);
        while (!step.Out.Contains("started", StringComparison.Ordinal))
            await Task.Delay(10, Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Null(Machine.FindProcess("sleep", mark));
    }

    [Fact]
    public async Task Files_are_made_for_all_to_read() =>
        Assert.Equal("0022\n", await Step.Shell(tree, "umask").OutputAsync());

    [Fact]
    public async Task Proc_shows_the_steps_own_processes_alone() =>
        Assert.Equal("1\n", await Step.Shell(tree, "cd /proc; echo [0-9]*").OutputAsync());

    [Fact]
    public async Task The_host_name_is_the_requested_one() =>
        Assert.Equal("buildkitsandbox\n", await new Step(tree, "hostname").OutputAsync());

    [Fact]
    public async Task A_step_leads_its_own_session_without_ids_of_outside() =>
        Assert.Equal("1 0\n", await Step.Shell(tree, "awk '{print $6, $7}' /proc/self/stat").OutputAsync());

    [Theory]
    [InlineData("/no/such", 127, "exec: \"/no/such\": stat /no/such: no such file or directory")]
    [InlineData("nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/etc/passwd", 126, "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/bin", 126, "exec: \"/bin\": permission denied")]
    public async Task A_program_that_cannot_be_executed_is_told_in_dockers_words(string program, int code, string message) =>
        Assert.Equal(new NotStarted(code, message), await new Step(tree, program).RunAsync(Token));

    [Fact]
    public async Task An_unknown_user_is_an_error()
    {
        var step = Step.Shell(tree, "true").With(request => request with { User = "stranger" });

        var error = await Assert.ThrowsAsync<BuildException>(() => step.RunAsync(Token));

        Assert.Equal("unable to find user stranger: no matching entries in passwd file", error.Message);
    }

    [Fact]
    public async Task A_hundred_steps_at_once_all_start_while_memory_is_collected()
    {
        using var done = new CancellationTokenSource();
        Task collecting = Machine.KeepCollectingAsync(done.Token);

        RunResult[] results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Step.Shell(tree, "exit 7").RunAsync(Token)));

        await done.CancelAsync();
        await collecting;
        Assert.All(results, result => Assert.Equal(new Exited(7), result));
    }
}
