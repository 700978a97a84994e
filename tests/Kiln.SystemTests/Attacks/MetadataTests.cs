// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Attacks;

/// <summary>Cloud metadata, played by real listeners at its addresses on the loopback interface of a network namespace, in which whole builds run.</summary>
public sealed class MetadataTests(BuildWorld world)
{
    private const string Warning = "cloud metadata at 169.254.169.254:80 was refused to this step; `--allow-metadata` permits it";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The rung, the builder's user and the step's.</summary>
    public static TheoryData<string, uint, int> Steps => new()
    {
        { "namespaces", 0, 0 }, { "namespaces", 0, 1000 }, { "namespaces", 1000, 0 }, { "chroot", 0, 0 }, { "chroot", 0, 1000 },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task No_way_leads_a_step_to_metadata(string rung, uint uid, int user)
    {
        using BuildPlace place = await PlaceAsync(uid, """RUN ["/metadata", "80"]""", user);

        KilnRun run = await BuildAsync(place, "--isolation", rung);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("attack over\n", run.Output);
        Assert.Contains(Warning, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("namespaces", "")]
    [InlineData("chroot", """, "plainly" """)] // Newer kernels give the filter to holders of CAP_NET_ADMIN alone; the supervisor's judgement is all there is then.
    public async Task Nor_does_one_where_the_builder_has_dockers_capabilities(string rung, string ways)
    {
        using BuildPlace place = await PlaceAsync(0, $"""
            RUN ["/metadata", "80"{ways}]
            RUN ["/connections", "80"]
            """, 0);
        using RunningProgram program = place.StartBuild(["--no-push", "--isolation", rung], [.. Server, "setpriv", "--bounding-set", "-net_admin,-sys_admin,-sys_ptrace", "--"]);

        KilnRun run = await program.WaitAsync(Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("attack over\nattack over\n", run.Output);
        Assert.Contains(Warning, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Metadata_is_open_where_that_was_asked_for(string rung, uint uid, int user)
    {
        using BuildPlace place = await PlaceAsync(uid, """
            ADD http://169.254.169.254/latest /srv/added
            RUN ["/metadata", "80", "open"]
            """, user);

        KilnRun run = await BuildAsync(place, "--isolation", rung, "--allow-metadata");

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("REACHED: metadata by connect\nattack over\n", run.Output);
        Assert.DoesNotContain("cloud metadata", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task All_other_connections_are_as_everywhere(string rung, uint uid, int user)
    {
        using BuildPlace place = await PlaceAsync(uid, """
            RUN ["/connections", "80"]
            RUN ["/bin/busybox", "wget", "-q", "-O", "-", "http://127.0.0.1/"]
            """, user);

        KilnRun run = await BuildAsync(place, "--isolation", rung);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("attack over\nmetadata\n", run.Output);
        Assert.DoesNotContain("cloud metadata", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    public async Task An_ordinary_client_is_told_at_once(string rung)
    {
        using BuildPlace place = await PlaceAsync(0, """RUN ["/bin/busybox", "wget", "-O", "-", "http://169.254.169.254/latest/meta-data/"]""", 0);

        KilnRun run = await BuildAsync(place, "--isolation", rung);

        Assert.Equal(1, run.Status);
        Assert.Contains("can't connect to remote host (169.254.169.254): Permission denied", run.Error, StringComparison.Ordinal);
        Assert.Contains(Warning, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest", "`169.254.169.254` is not asked: 169.254.169.254 is a cloud's metadata service")]
    [InlineData("http://[::ffff:a9fe:a9fe]/latest", "is a cloud's metadata service")]
    [InlineData("http://2852039166/latest", "`169.254.169.254` is not asked")]
    [InlineData("http://[fd00:ec2::254]/latest", "fd00:ec2::254 is a cloud's metadata service")]
    [InlineData("http://127.0.0.2/leads-on", "`169.254.169.254` is not asked")]
    public async Task Nor_does_the_builder_ask_it_for_a_dockerfile(string url, string said)
    {
        using BuildPlace place = await PlaceAsync(0, $"ADD {url} /srv/added", 0);

        KilnRun run = await BuildAsync(place);

        Assert.NotEqual(0, run.Status);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
        Assert.Contains("`--allow-metadata`", run.Error, StringComparison.Ordinal);
    }

    private static string[] Server => ["unshare", "--net", "python3", Path.Combine(Attack.Folder, "parts", "metadata-server.py")];

    private static async Task<KilnRun> BuildAsync(BuildPlace place, params string[] flags)
    {
        using RunningProgram program = place.StartBuild(["--no-push", .. flags], Server);
        return await program.WaitAsync(Token);
    }

    private async Task<BuildPlace> PlaceAsync(uint uid, string steps, int user)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Programs.Has("unshare") && Programs.Has("ip") && Programs.Has("python3"), "it takes root, unshare, ip and python3");
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "no C compiler");
        BuildPlace place = await world.NewPlaceAsync(uid);
        File.Copy("/usr/bin/busybox", place.ContextPath("busybox"));
        foreach (string program in new[] { "metadata", "connections" })
        {
            using var compiler = Process.Start("cc", ["-static", "-w", "-pthread", "-o", place.ContextPath(program), Path.Combine(Attack.Folder, "parts", $"{program}.c")]);
            await compiler.WaitForExitAsync(Token);
            Assert.Equal(0, compiler.ExitCode);
        }
        place.Dockerfile($"""
            FROM scratch
            COPY busybox /bin/busybox
            COPY metadata connections /
            RUN ["/bin/busybox", "mkdir", "-m", "1777", "/tmp"]
            USER {user}
            {steps}
            """);
        return place;
    }
}
