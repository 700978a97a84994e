// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What the builder knows and `RUN` and the image must not: credentials and secrets.</summary>
public sealed class SecrecyTests(BuildWorld world)
{
    private const string Planted = "planted-9f8e7d6c";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Credentials_of_the_configuration_open_a_registry_and_RUN_sees_nothing_of_them()
    {
        await using DockerRegistry closed = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("me", Planted) }, Token);
        using BuildPlace place = await world.NewPlaceAsync();
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{Planted}"));
        string configuration = Path.Combine(Directory.CreateDirectory(place.Path("docker")).FullName, "config.json");
        await File.WriteAllTextAsync(configuration, $$"""{"auths": {"{{closed.Address}}": {"auth": "{{login}}"} } }""", Token);
        place.Environment["DOCKER_CONFIG"] = place.Path("docker");
        // The words to look for are put together where they are used, or the search would find itself.
        place.Dockerfile($"""
            FROM base
            RUN env; for f in /proc/[0-9]*/environ /proc/[0-9]*/cmdline; do tr '\0' '\n' < $f; done; true
            RUN a={Planted[..8]} b={Planted[8..]}; find / -xdev -type f -exec grep -l "$a$b" {"{}"} + | sed s/^/found:/; ls {place.Root} {configuration} | sed s/^/found:/
            """);

        KilnRun run = await place.BuildAsync(["--destination", $"{closed.Address}/closed/image:1"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.DoesNotContain("DOCKER_CONFIG", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("KILN_ROOT", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(login, run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("found:", run.Output.Replace("s/^/found:/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("namespaces", 0u)]
    [InlineData("namespaces", 1000u)]
    [InlineData("chroot", 0u)]
    public async Task A_secret_is_there_for_its_step_and_nowhere_afterwards(string rung, uint uid)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        using BuildPlace place = await world.NewPlaceAsync(uid);
        place.Environment["KILN_ISOLATION"] = rung;
        string image = place.NewDestination();
        await File.WriteAllTextAsync(place.Path("token"), Planted, Token);
        place.Environment["TOKEN"] = Planted + "-env";
        place.Dockerfile("""
            FROM base
            RUN --mount=type=secret,id=token --mount=type=secret,id=TOKEN,env=GIVEN \
                wc -c < /run/secrets/token && echo "${#GIVEN}" && stat -c %a /run/secrets/token
            RUN ls -d /run/secrets* ; true
            """);

        KilnRun run = await place.BuildAsync(
            ["--secret", $"id=token,src={place.Path("token")}", "--secret", "id=TOKEN", "--destination", image, "--verbosity", "debug"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal($"{Planted.Length}\n{Planted.Length + 4}\n400\n", run.Output);
        Assert.DoesNotContain(Planted, run.All, StringComparison.Ordinal);
        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.DoesNotContain(Planted, pushed.Config.GetRawText(), StringComparison.Ordinal);
        Assert.All(pushed.Layers, layer => Assert.Equal(-1, layer.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Planted))));
        Assert.DoesNotContain(pushed.List(), line => line.Contains("run/secrets", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    public async Task A_secret_is_not_on_the_builders_disk_while_a_step_reads_it(string rung)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["KILN_ISOLATION"] = rung;
        await File.WriteAllTextAsync(place.Path("token"), Planted, Token);
        place.Dockerfile("FROM base\nRUN --mount=type=secret,id=token,target=/srv/token test -s /srv/token && echo reading; while [ ! -e /srv/found ]; do sleep 0.1; done");
        using RunningProgram build = place.StartBuild(["--no-push", "--secret", $"id=token,src={place.Path("token")}", "--run-timeout", "60s"]);
        await build.WaitForAsync("reading", Token);

        string found = await Programs.RunAsync(["sh", "-c", $"find {place.Path("root")} -type f -exec grep -lF {Planted} {"{}"} + || true"], Token);
        build.Signal("TERM");
        await build.WaitAsync(Token);

        Assert.Equal("", found);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task Of_a_large_layer_that_holds_a_secret_nothing_is_committed_to_the_registry()
    {
        await using DockerRegistry registry = await DockerRegistry.StartAsync(new DockerRegistryOptions(), Token);
        using BuildPlace place = await world.NewPlaceAsync();
        await File.WriteAllTextAsync(place.Path("token"), Planted, Token);
        place.Dockerfile("FROM base\nRUN --mount=type=secret,id=token (head -c 40000000 /dev/urandom; cat /run/secrets/token) > /srv/large && echo written");

        KilnRun run = await place.BuildAsync(["--secret", $"id=token,src={place.Path("token")}", "--destination", $"{registry.Address}/made/image:1"], Token);

        Assert.Equal((1, "written\n"), (run.Status, run.Output));
        Assert.Contains("error KILN4020: the value of the secret `token` is in `/srv/large`", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, run.All, StringComparison.Ordinal);
        Assert.False(await PushedImage.ExistsAsync($"{registry.Address}/made/image:1", Token));
        Assert.All(registry.BlobFiles(), file => Assert.InRange(new FileInfo(file).Length, 0, 20_000_000));
        Assert.Empty(place.Remains());
    }
}
