// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux.Files;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Results;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

[Collection("measured steps")]
public sealed class ChrootTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_ends_with_its_own_code() => Assert.Equal(42, Assert.IsType<Exited>(await ChrootStep.Shell(tree, "exit 42").RunAsync(Token)).Code);

    [Theory]
    [InlineData("readlink /proc/self/exe", "/bin/busybox")]
    [InlineData("cd /srv; readlink /proc/self/cwd", "/srv")]
    [InlineData("readlink /proc/self/root", "/")]
    [InlineData("cat /proc/self/comm", "cat")]
    [InlineData("cd /proc/self; cat comm; cd ..; cat self/comm; cat ./../proc/self/comm", "sh cat cat")]
    [InlineData("cd /proc; head -n 1 meminfo | cut -d : -f 1", "MemTotal")]
    [InlineData("echo x | cat /dev/stdin", "x")]
    [InlineData("echo x > /dev/stdout", "x")]
    [InlineData("test -p /proc/self/fd/1 && test -d /proc/self/fd && test -e /dev/fd/1 && ! test -e /dev/fd/77 && echo yes", "yes")]
    [InlineData("ls /proc/self/fd | xargs", "0 1 2")]
    [InlineData("ls -l /dev/fd/ | grep -c -e '0 -> /dev/null' -e '0 -> /memfd:stdin'", "1")]
    [InlineData("ln -s /dev/stdout /tmp/log; echo logged > /tmp/log", "logged")]
    [InlineData("ln -s ../proc/self/mounts /etc/mtab; grep -c ' / ' /etc/mtab", "1")]
    [InlineData("cat /proc/self/root/etc/passwd | head -n 1 | cut -d : -f 1", "root")]
    [InlineData("exec 5</etc/passwd; rm /etc/passwd; head -n 1 /proc/self/fd/5 | cut -d : -f 1", "root")]
    [InlineData("/proc/self/exe 2>&1 || true", "exe: applet not found")]
    [InlineData("find /proc/self/ -maxdepth 1 -name status", "/proc/self/status")]
    [InlineData("exec 5<&0; chmod 0600 /proc/self/fd/5 2>/dev/null; echo x > /tmp/f; exec 6</tmp/f; chmod 0604 /proc/self/fd/6; stat -c %a /tmp/f", "604")]
    [InlineData("stat -f -c %t /proc /proc/self /sys /proc/self/status /dev/stdin < /proc/version", "9fa0 9fa0 62656572 9fa0 9fa0")]
    [InlineData("hostname; uname -n", "buildkitsandbox buildkitsandbox")]
    [InlineData("echo x > /proc/sys/kernel/core_pattern 2>/dev/null || echo refused", "refused")]
    [InlineData("test -e /sys/devices/system/cpu/online && echo there", "there")]
    public async Task Proc_is_as_a_program_expects_it(string script, string expected) =>
        Assert.Equal(expected, (await ChrootStep.Shell(tree, script).OutputAsync()).Trim().ReplaceLineEndings(" "));

    [Fact]
    public async Task Only_the_steps_own_processes_are_there()
    {
        string output = await ChrootStep.Shell(tree, $"cd /proc; echo [0-9]*; ls -d /proc/1 /proc/{Environment.ProcessId} /proc/$PPID 2>/dev/null; ps -o comm=").OutputAsync();

        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain(' ', lines[0]);
        Assert.Equal(["ps"], lines[1..]);
    }

    [Theory]
    [InlineData("kill -9 BUILDER")]
    [InlineData("sleep 1000 & kill -9 -1; kill -0 BUILDER")]
    [InlineData("kill -s STOP -- -GROUP")]
    [InlineData("renice -n 19 -p BUILDER 2>/dev/null")]
    [InlineData("renice -n 19 -u root 2>/dev/null")]
    [InlineData("chroot / true 2>/dev/null")]
    [InlineData("cat /proc/BUILDER/environ")]
    [InlineData("cat /proc/self/../BUILDER/status")]
    [InlineData("cat /proc/kcore | head -c 1 | grep -q .")]
    [InlineData("mount -t tmpfs none /srv 2>/dev/null")]
    public async Task The_builder_and_the_machine_are_out_of_reach(string script)
    {
        script = script.Replace("BUILDER", $"{Environment.ProcessId}", StringComparison.Ordinal).Replace("GROUP", $"{Machine.ProcessGroup(Environment.ProcessId)}", StringComparison.Ordinal);

        Assert.Equal("refused\n", await ChrootStep.Shell(tree, $"({script}) 2>/dev/null || echo refused").OutputAsync());
    }

    [Fact]
    public async Task No_way_leads_up_out_of_the_root()
    {
        string script = "for p in /proc/.. /proc/self/.. /proc/self/fd/.. /proc/self/cwd/../.. /proc/self/root/.. /dev/.. /sys/fs/..; do (cd $p/../../../../../.. && ls -d etc home | xargs && ls bin | grep -c '^busybox$'); done | sort -u";

        Assert.Equal("1\netc home\n", await ChrootStep.Shell(tree, script).OutputAsync());
    }

    [Fact]
    public async Task Nothing_of_the_builder_is_to_be_seen()
    {
        string output = await ChrootStep.Shell(tree, "cat /proc/self/mountinfo /proc/self/mounts /proc/self/environ /proc/self/maps; ls / /proc; readlink /proc/self/*; env").OutputAsync();

        Assert.DoesNotContain(tree.Directory, output, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_covered_the_image_leaves_no_trace()
    {
        var step = ChrootStep.Shell(tree, "ls /proc /sys/fs >/dev/null; cat /etc/hosts; echo more >> /etc/resolv.conf; echo x > /dev/shm/x; touch /dev/left").With(request => request with
        {
            Mounts = [NameFiles.Hosts("me", []), NameFiles.Resolver(Encoding.ASCII.GetBytes("nameserver 10.0.0.2\n"))],
        });
        File.WriteAllText($"{step.Root}/etc/hosts", "the image's own\n");
        var time = new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);
        Directory.SetLastWriteTimeUtc($"{step.Root}/etc", time);
        Directory.SetLastWriteTimeUtc(step.Root, time);
        string[] before = [.. Directory.EnumerateFileSystemEntries(step.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

        string output = await step.OutputAsync();

        Assert.Contains("localhost me", output, StringComparison.Ordinal);
        Assert.Equal(before, Directory.EnumerateFileSystemEntries(step.Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Equal("the image's own\n", File.ReadAllText($"{step.Root}/etc/hosts"));
        Assert.Equal((time, time), (Directory.GetLastWriteTimeUtc($"{step.Root}/etc"), Directory.GetLastWriteTimeUtc(step.Root)));
        Assert.Empty(Directory.GetDirectories(tree.Directory, "run-*"));
    }

    [Fact]
    public async Task Processes_left_behind_end_with_the_step()
    {
        string mark = $"{Random.Shared.Next(1_000_000, 9_999_999)}";

        await ChrootStep.Shell(tree, $"(sleep {mark} &); (setsid sh -c '(sleep {mark} &) ; sleep {mark} &' &) ; echo started").OutputAsync();

        Assert.Null(Machine.FindProcess("sleep", mark));
    }

    [Fact]
    public async Task Cancellation_kills_the_whole_tree_of_processes()
    {
        using var cancelled = new CancellationTokenSource();
        string mark = $"{Random.Shared.Next(1_000_000, 9_999_999)}";
        var step = ChrootStep.Shell(tree, $"setsid sleep {mark} & echo started; sleep {mark}");
        Task<RunResult> run = step.RunAsync(cancelled.Token);
        while (!step.Out.Contains("started", StringComparison.Ordinal))
            await Task.Delay(10, Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Null(Machine.FindProcess("sleep", mark));
    }

    [Fact]
    public async Task Steps_at_the_same_time_do_not_see_or_end_each_other()
    {
        string mark = $"{Random.Shared.Next(1_000_000, 9_999_999)}";
        using var cancelled = new CancellationTokenSource();
        var lasting = ChrootStep.Shell(tree, $"(setsid sleep {mark} &); echo started; sleep {mark}");
        Task<RunResult> run = lasting.RunAsync(cancelled.Token);
        while (!lasting.Out.Contains("started", StringComparison.Ordinal))
            await Task.Delay(10, Token);

        string output = await ChrootStep.Shell(tree, $"ps -o args= | grep -c {mark[..3]}[{mark[3]}]{mark[4..]}; kill -9 -1; true").OutputAsync();

        Assert.Equal("0\n", output);
        Assert.NotNull(Machine.FindProcess("sleep", mark));
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Root_has_the_capabilities_that_install_software_and_cannot_get_more() =>
        Assert.Equal("00000000a00005fb 00000000a00005fb 1", (await ChrootStep.Shell(tree, "awk '/^(CapEff|CapBnd|NoNewPrivs)/{print $2}' /proc/self/status | xargs").OutputAsync()).Trim());

    [Fact]
    public async Task A_user_reads_its_own_proc_and_opens_its_output_anew()
    {
        Assert.SkipUnless(Machine.HasUsers, "one user id alone is mapped here");
        var step = ChrootStep.Shell(tree, "id -u; cat /proc/self/comm; readlink /proc/self/exe; echo out > /dev/stdout; cat /proc/self/environ | tr '\\0' '\\n' | grep -c PATH=; touch /srv/x 2>/dev/null || echo refused")
            .With(request => request with { User = "app" });

        Assert.Equal("1000\ncat\n/bin/busybox\nout\n1\nrefused\n", await step.OutputAsync());
    }

    [Fact]
    public async Task A_user_cannot_open_what_it_holds_for_more_than_it_may()
    {
        Assert.SkipUnless(Machine.HasUsers, "one user id alone is mapped here");
        var step = ChrootStep.Shell(tree, "exec 5</etc/group; echo evil 2>/dev/null >> /proc/self/fd/5 || echo refused").With(request => request with { User = "app" });

        Assert.Equal("refused\n", await step.OutputAsync());
    }

    [Fact]
    public async Task Without_a_network_programs_say_that_there_is_none_and_talk_to_each_other_by_paths()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        string script = $"nc 127.0.0.1 {((System.Net.IPEndPoint)listener.LocalEndpoint).Port} </dev/null 2>&1; wget -q -O - http://127.0.0.1/ 2>&1; ls /sys/class/net 2>/dev/null; tail -n +2 /proc/net/route; tail -n +3 /proc/net/dev; ls /proc/net/";

        string with = await ChrootStep.Shell(tree, "wc -l < /proc/net/dev; ls -d /sys/class/net").OutputAsync();
        string without = await ChrootStep.Shell(tree, script).With(request => request with { Network = Kiln.Sandbox.RunNetwork.None }).OutputAsync();

        Assert.DoesNotContain("2\n", with, StringComparison.Ordinal);
        Assert.Equal("nc: socket: Network is unreachable\nwget: socket: Network is unreachable\ndev\nif_inet6\nipv6_route\nroute\n", without.Replace("socket(AF_INET,1,0)", "socket", StringComparison.Ordinal));
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task Device_nodes_are_recorded_for_the_layer()
    {
        var step = ChrootStep.Shell(tree, "cd /srv && mknod null c 1 3 && chmod 0604 null && mv null moved && mkfifo pipe && mknod /tmp/loop b 7 300 && ! mknod null/x c 1 3 2>/dev/null");

        await step.OutputAsync();

        using var directory = DirectoryHandle.Open($"{step.Root}/srv");
        Assert.Equal((FileType.CharacterDevice, new DeviceNumber(1, 3)), DeviceMark.Parse(Assert.Single(directory.GetXattrs("moved"u8))));
        Assert.Equal(0x184, directory.FindStatus("moved"u8)!.Value.Mode);
        Assert.Equal(FileType.Fifo, directory.FindStatus("pipe"u8)!.Value.Type);
        using var temporary = DirectoryHandle.Open($"{step.Root}/tmp");
        Assert.Equal((FileType.BlockDevice, new DeviceNumber(7, 300)), DeviceMark.Parse(Assert.Single(temporary.GetXattrs("loop"u8))));
    }
}
