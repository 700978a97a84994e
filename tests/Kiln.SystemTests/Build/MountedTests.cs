// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>`RUN --mount` in whole builds.</summary>
public sealed class MountedTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("namespaces", 0u)]
    [InlineData("namespaces", 1000u)]
    [InlineData("chroot", 0u)]
    [InlineData("supervised", 0u)]
    [InlineData("supervised", 1000u)]
    public async Task A_cache_is_there_again_in_the_next_build(string rung, uint uid)
    {
        using BuildPlace place = await NewPlaceAsync(rung, uid);
        place.Dockerfile("FROM base\nRUN --mount=type=cache,target=/cache echo line >> /cache/log && wc -l < /cache/log");

        KilnRun first = await BuildAsync(place), second = await BuildAsync(place);

        Assert.Equal(("1\n", "2\n"), (first.Output, second.Output));
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task What_is_mounted_does_not_come_into_the_image(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        string image = place.NewDestination();
        place.Write("input/word", "bound\n");
        place.Dockerfile("""
            FROM base AS other
            RUN echo staged > /srv/staged
            FROM base
            RUN --mount=target=/context \
                --mount=from=other,source=/srv,target=/other \
                --mount=type=tmpfs,target=/scratch \
                --mount=type=cache,target=/cache \
                cat /context/input/word /other/staged && touch /scratch/a /cache/b && echo done > /srv/done
            """);

        KilnRun run = await BuildAsync(place, "--destination", image);

        Assert.Equal("bound\nstaged\n", run.Output);
        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(["srv/", "srv/done"], PushedImage.Entries(pushed.Layers[^1]).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task What_the_image_has_where_something_is_mounted_comes_into_no_layer_again(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        string image = place.NewDestination();
        place.Write("files/hosts", "127.0.0.1 image\n");
        place.Write("files/covered", "image\n");
        place.Dockerfile("""
            FROM base
            COPY files /etc
            RUN --mount=target=/etc/covered,source=files/hosts cat /etc/covered
            RUN ln /etc/covered /etc/name
            RUN --mount=target=/etc/covered,source=files/hosts echo changed > /etc/name
            """);

        await BuildAsync(place, "--destination", image);

        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.Empty(PushedImage.Entries(pushed.Layers[^3]));
        Assert.Contains("etc/name", PushedImage.Entries(pushed.Layers[^1]).Select(entry => entry.Name));
        Assert.DoesNotContain("etc/hosts", PushedImage.Entries(pushed.Layers[^1]).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_file_that_is_put_back_as_it_was_is_no_change(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        string image = place.NewDestination();
        place.Write("files/kept", "1234\n");
        place.Write("files/changed", "1234\n");
        place.Write("files/linked", "1234\n");
        place.Dockerfile("""
            FROM base
            COPY files /files
            RUN cd /files && cp -p kept new && rm kept && mv new kept && chown -R 0:0 /files && chmod 644 linked && touch -r linked /time && echo 4321 > changed && touch -r /time changed && rm /time
            """);

        await BuildAsync(place, "--destination", image);

        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(["files/", "files/changed"], PushedImage.Entries(pushed.Layers[^1]).Select(entry => entry.Name));
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_bound_context_is_read_only_unless_asked_for_and_then_only_for_the_step(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Write("word", "untouched\n");
        place.Dockerfile("""
            FROM base
            RUN --mount=target=/context sh -c 'echo changed > /context/word' 2>/dev/null || echo refused
            RUN --mount=target=/context,rw echo changed > /context/word && cat /context/word
            RUN --mount=target=/context cat /context/word
            """);

        KilnRun run = await BuildAsync(place);

        Assert.Equal("refused\nchanged\nuntouched\n", run.Output);
        Assert.Equal("untouched\n", await File.ReadAllTextAsync(place.ContextPath("word"), Token));
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_cache_that_is_made_of_a_stage_holds_its_files_and_keeps_what_is_written(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Dockerfile("""
            FROM base AS seed
            RUN mkdir -p /seed/sub && echo seeded > /seed/sub/file && chown 1000:1001 /seed/sub/file
            FROM base
            RUN --mount=type=cache,id=c,target=/cache,from=seed,source=/seed stat -c '%u:%g' /cache/sub/file && echo more >> /cache/sub/file && cat /cache/sub/file
            RUN --mount=type=cache,id=c,target=/cache ls -A /cache | wc -l
            """);

        KilnRun first = await BuildAsync(place), second = await BuildAsync(place);

        Assert.Equal("1000:1001\nseeded\nmore\n0\n", first.Output);
        Assert.Equal("1000:1001\nseeded\nmore\nmore\n0\n", second.Output);
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_cache_that_is_made_has_the_mode_and_owner_that_were_asked_for(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Dockerfile("""
            FROM base
            USER app
            RUN --mount=type=cache,target=/cache,uid=1000,gid=1001,mode=0700 touch /cache/mine && stat -c '%a %u:%g' /cache
            RUN --mount=type=cache,target=/cache,uid=0,mode=0777 stat -c '%a %u:%g' /cache
            RUN --mount=type=cache,target=/cache,ro sh -c 'touch /cache/no' 2>/dev/null || echo read-only
            """);

        Assert.Equal("700 1000:1001\n700 1000:1001\nread-only\n", (await BuildAsync(place)).Output);
    }

    [Fact]
    public async Task One_locked_cache_at_two_places_of_a_step_is_no_deadlock()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("""
            FROM base
            RUN --mount=type=cache,id=c,target=/one,sharing=locked --mount=type=cache,id=c,target=/two,sharing=locked echo x > /one/file && cat /two/file
            """);

        Assert.Equal("x\n", (await BuildAsync(place)).Output);
    }

    [Fact]
    public async Task One_cache_at_two_places_of_a_step_is_refused_where_it_can_only_be_at_one()
    {
        using BuildPlace place = await NewPlaceAsync("chroot");
        place.Dockerfile("FROM base\nRUN echo begun\nRUN --mount=type=cache,id=c,target=/one --mount=type=cache,id=c,target=/two true");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("error KILN4005", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chroot", "/proc/x")]
    [InlineData("chroot", "/srv/link/x")]
    [InlineData("supervised", "/srv/link/x")]
    [InlineData("supervised", "/dev/pts/x")]
    public async Task What_could_not_be_found_where_it_is_served_is_refused(string rung, string target)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Dockerfile($"FROM base\nRUN ln -s /proc /srv/link\nRUN --mount=type=tmpfs,target={target} echo begun");

        KilnRun run = await place.BuildAsync(["--no-push"], Token);

        Assert.Equal((1, ""), (run.Status, run.Output));
        Assert.Contains("error KILN4005", run.Error, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }

    [Theory]
    [InlineData("namespaces", "/cache")]
    [InlineData("chroot", "/cache")]
    [InlineData("chroot", "/srv/moved/cache")]
    [InlineData("supervised", "/srv/moved/cache")]
    public async Task A_cache_outlives_a_builder_that_is_killed(string rung, string target)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Write("first", $"FROM base\nRUN --mount=type=cache,id=c,target={target} echo kept > {target}/file && if [ -d /srv/moved ]; then mv /srv/moved /srv/away; fi; echo holding && sleep 100\n");
        place.Write("second", "FROM base\nRUN --mount=type=cache,id=c,target=/elsewhere cat /elsewhere/file\n");
        using RunningProgram first = place.StartBuild(["--no-push", "-f", place.ContextPath("first")]);
        await first.WaitForAsync("holding", Token);

        first.Signal("KILL");
        await first.WaitAsync(Token);
        KilnRun second = await BuildAsync(place, "--no-push", "-f", place.ContextPath("second"));

        Assert.Equal("kept\n", second.Output);
        Assert.Empty(place.Remains());
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_cache_keeps_what_a_step_wrote_that_failed(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Write("failing", "FROM base\nRUN --mount=type=cache,id=c,target=/cache echo kept > /cache/file; exit 7\n");
        place.Dockerfile("FROM base\nRUN --mount=type=cache,id=c,target=/cache cat /cache/file");

        KilnRun failing = await place.BuildAsync(["--no-push", "-f", place.ContextPath("failing")], Token);

        Assert.Equal(7, failing.Status);
        Assert.Equal("kept\n", (await BuildAsync(place)).Output);
    }

    [Fact]
    public async Task A_cache_of_a_builder_that_may_do_nothing_keeps_what_its_files_are()
    {
        using BuildPlace place = await NewPlaceAsync("supervised", 1000);
        place.Dockerfile("""
            FROM base
            RUN --mount=type=cache,target=/cache if [ -e /cache/f ]; then stat -c '%F %a %u:%g %t:%T' /cache /cache/f /cache/l /cache/d /cache/n; else \
                cd /cache && echo x > f && chown 5:6 f && chmod 4400 f && ln -s f l && chown -h 7:8 l && mkdir -m 1777 d && chown 9:10 . && mknod n c 1 3; fi
            """);

        await BuildAsync(place);

        Assert.Equal(
            "directory 755 9:10 0:0\nregular file 4400 5:6 0:0\nsymbolic link 777 7:8 0:0\ndirectory 1777 0:0 0:0\ncharacter special file 644 0:0 1:3\n", (await BuildAsync(place)).Output);
    }

    [Fact]
    public async Task A_shared_cache_is_one_builds_at_a_time_where_it_is_lent()
    {
        using BuildPlace place = await NewPlaceAsync("chroot");
        place.Write("first", "FROM base\nRUN --mount=type=cache,id=s,target=/s touch /s/held && echo holding && sleep 2 && rm /s/held\n");
        place.Write("second", "FROM base\nRUN --mount=type=cache,id=s,target=/s ls -A /s | wc -l\n");
        using RunningProgram first = place.StartBuild(["--no-push", "-f", place.ContextPath("first")]);
        await first.WaitForAsync("holding", Token);

        KilnRun lent = await BuildAsync(place, "--no-push", "-f", place.ContextPath("second"));
        place.Environment["KILN_ISOLATION"] = "namespaces";
        KilnRun mounted = await BuildAsync(place, "--no-push", "-f", place.ContextPath("second"));

        Assert.Equal(("0\n", "0\n"), (lent.Output, mounted.Output));
        Assert.Equal(0, (await first.WaitAsync(Token)).Status);
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_locked_cache_is_one_builds_at_a_time_and_a_private_one_is_another_for_the_second(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        place.Write("first", "FROM base\nRUN --mount=type=cache,id=l,target=/l,sharing=locked --mount=type=cache,id=p,target=/p,sharing=private "
            + "touch /l/held /p/held && echo holding && sleep 3 && rm /l/held\n");
        place.Write("second", "FROM base\nRUN --mount=type=cache,id=p,target=/p,sharing=private ls -A /p | wc -l\n"
            + "RUN --mount=type=cache,id=l,target=/l,sharing=locked ls -A /l | wc -l\n");
        using RunningProgram first = place.StartBuild(["--no-push", "-f", place.ContextPath("first")]);
        await first.WaitForAsync("holding", Token);

        KilnRun second = await BuildAsync(place, "--no-push", "-f", place.ContextPath("second"));

        Assert.Equal("0\n0\n", second.Output);
        Assert.Equal(0, (await first.WaitAsync(Token)).Status);
    }

    [Fact]
    public async Task A_tmpfs_is_as_large_as_it_may_be()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN --mount=type=tmpfs,target=/t,size=1m sh -c 'head -c 2m /dev/zero > /t/x' 2>/dev/null || stat -c %s /t/x");

        Assert.Equal("1048576\n", (await BuildAsync(place)).Output);
    }

    [Theory]
    [InlineData("namespaces")]
    [InlineData("chroot")]
    [InlineData("supervised")]
    public async Task A_directory_of_secrets_is_as_many_secrets(string rung)
    {
        using BuildPlace place = await NewPlaceAsync(rung);
        string kept = Directory.CreateDirectory(place.Path("mounted/..2026_01_01")).FullName;
        await File.WriteAllTextAsync($"{kept}/token", "first-secret", Token);
        await File.WriteAllTextAsync($"{kept}/password", "second-secret", Token);
        File.CreateSymbolicLink(place.Path("mounted/..data"), "..2026_01_01");
        File.CreateSymbolicLink(place.Path("mounted/token"), "..data/token");
        File.CreateSymbolicLink(place.Path("mounted/password"), "..data/password");
        place.Dockerfile("FROM base\nRUN --mount=type=secret,id=token --mount=type=secret,id=db/password ls /run/secrets && wc -c < /run/secrets/token && wc -c < /run/secrets/password");

        KilnRun run = await BuildAsync(place, "--no-push", "--secret", $"src={place.Path("mounted")}", "--secret", $"id=db,src={place.Path("mounted")}");

        Assert.Equal("password\ntoken\n12\n13\n", run.Output);
    }

    /// <summary>A place whose builds have a way to isolate that is not the best one here.</summary>
    private async Task<BuildPlace> NewPlaceAsync(string rung, uint uid = 0)
    {
        Assert.SkipUnless(rung != "chroot" || Environment.IsPrivilegedProcess, "a changed root takes root");
        BuildPlace place = await world.NewPlaceAsync(uid);
        place.Environment["KILN_ISOLATION"] = rung;
        return place;
    }

    private static async Task<KilnRun> BuildAsync(BuildPlace place, params string[] flags)
    {
        KilnRun run = await place.BuildAsync(flags.Length > 0 ? flags : ["--no-push"], Token);
        Assert.True(run.Status == 0, run.All);
        return run;
    }
}
