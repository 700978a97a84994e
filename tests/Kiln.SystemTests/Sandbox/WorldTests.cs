// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Sandbox;
using Kiln.Sandbox.Mounts;
using Xunit;

namespace Kiln.SystemTests.Sandbox;

public sealed class WorldTests(BusyboxTree tree) : IClassFixture<BusyboxTree>
{
    private static RunRequest WithNames(RunRequest request) => request with
    {
        Mounts = [NameFiles.Hosts("buildkitsandbox", ["10.0.0.1 peer"]), NameFiles.Resolver(Encoding.ASCII.GetBytes("nameserver 10.0.0.2\n"))],
    };

    [Fact]
    public async Task The_devices_that_any_program_uses_are_there()
    {
        string script = "head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c; echo x > /dev/null; echo 2>/dev/null > /dev/full || echo full; "
            + "ls /dev | xargs; ls -l /dev/fd | sed 's/.* //'; echo x > /dev/shm/x; test -c /dev/ptmx && echo pty";

        Assert.Equal("4\n4\nfull\nfd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero\n/proc/self/fd\npty\n",
            await Step.Shell(tree, script).OutputAsync());
    }

    [Fact]
    public async Task Hosts_and_resolver_are_there_for_the_step()
    {
        string output = await Step.Shell(tree, "cat /etc/hosts /etc/resolv.conf; echo more >> /etc/hosts").With(WithNames).OutputAsync();

        Assert.Equal("127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n10.0.0.1 peer\nnameserver 10.0.0.2\n", output);
    }

    [Fact]
    public async Task What_was_made_to_mount_on_leaves_no_trace()
    {
        var step = Step.Shell(tree, "true").With(WithNames);

        await step.OutputAsync();

        Assert.Equal(["/etc"], step.Changes());
        Assert.Equal(Directory.GetLastWriteTimeUtc($"{tree.Root}/etc"), Directory.GetLastWriteTimeUtc($"{step.Upper}/etc"));
        Assert.Equal(Directory.GetLastWriteTimeUtc(tree.Root), Directory.GetLastWriteTimeUtc(step.Upper));
    }

    [Fact]
    public async Task What_the_step_puts_beside_a_stub_stays()
    {
        var step = Step.Shell(tree, "echo x > /cache/sub/kept; echo y > /cache/own")
            .With(request => request with { Mounts = [new TemporaryMount { Target = Kiln.Linux.UnixPath.Clean("/cache/sub") }] });

        await step.OutputAsync();

        Assert.Equal(["/cache", "/cache/own"], step.Changes());
    }

    [Fact]
    public async Task The_machines_settings_are_read_only()
    {
        string script = "for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/uevent_helper /sys/power/state; do "
            + "test -e $f || continue; (echo x > $f) 2>/dev/null && echo wrote $f; done; mount -o remount,rw /proc/sys 2>/dev/null || echo refused";

        Assert.Equal("refused\n", await Step.Shell(tree, script).OutputAsync());
    }

    [Fact]
    public async Task Nothing_of_the_builder_is_to_be_seen()
    {
        string output = await Step.Shell(tree, "cat /proc/self/mountinfo /proc/self/environ; ls /; env").OutputAsync();

        Assert.DoesNotContain(tree.Directory, output, StringComparison.Ordinal);
        Assert.DoesNotContain("DOTNET", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_network_there_is_a_loopback_interface_that_is_up()
    {
        var step = Step.Shell(tree, "ls /proc/sys/net/ipv4/conf | xargs; ping -c 1 127.0.0.1 > /dev/null && echo pong; tail -n +2 /proc/net/route | wc -l")
            .With(request => request with { Network = RunNetwork.None });

        Assert.Equal("all default lo\npong\n0\n", await step.OutputAsync());
    }

    [Fact]
    public async Task More_than_a_hundred_layers_are_one_tree()
    {
        string[] layers = [.. Enumerable.Range(0, 120).Select(i => Directory.CreateDirectory($"{tree.Directory}/layers/{i:d3},:\\").FullName)];
        for (int i = 0; i < layers.Length; i++)
            File.WriteAllText($"{layers[i]}/layer{i}", $"{i}");
        var step = Step.Shell(tree, "ls /layer* | wc -l").WithLower([tree.Root, .. layers]);

        Assert.Equal("120\n", await step.OutputAsync());
    }

    [Fact]
    public async Task A_merged_tree_is_changed_in_place_and_left_clean()
    {
        string copy = $"{tree.Directory}/merged";
        System.Diagnostics.Process.Start("cp", ["-a", tree.Root, copy]).WaitForExit();
        var step = Step.Shell(tree, "echo x > /srv/new; cat /etc/hosts > /dev/null").With(WithNames)
            .With(request => request with { Root = new Kiln.Sandbox.Roots.MergedRoot(copy) });

        await step.OutputAsync();

        Assert.True(File.Exists($"{copy}/srv/new"));
        Assert.Equal(["bin", "etc", "home", "root", "srv", "tmp"], Directory.GetDirectories(copy).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["group", "passwd"], Directory.GetFiles($"{copy}/etc").Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
