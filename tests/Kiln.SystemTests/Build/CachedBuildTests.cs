// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using Kiln.Build.Outputs;
using Kiln.Oci;
using Kiln.SystemTests.Registry.Faults;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What a build takes from a cache, and what it carries out.</summary>
public sealed class CachedBuildTests(BuildWorld world)
{
    private const string Project = """
        FROM base AS tools
        RUN echo tools > /tools

        FROM tools AS server
        WORKDIR /src
        COPY server .
        RUN cat main.c > /server && cat /proc/sys/kernel/random/uuid >> /server

        FROM tools AS assets
        ARG THEME=light
        COPY assets /assets
        RUN cat /assets/style.css > /style.css && echo "$THEME" >> /style.css

        FROM base AS docs
        COPY docs /docs
        RUN cat /docs/index.md > /index.html

        FROM base
        LABEL version=1
        COPY --from=server /server /bin/server
        COPY --from=assets /style.css /www/style.css
        COPY --from=docs /index.html /www/index.html
        COPY etc /etc/app
        RUN cat /bin/server /www/style.css /www/index.html > /all
        CMD ["/bin/server"]
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>An edit, and the lines of the steps that are carried out after it. Every build before had the project as it is above.</summary>
    public static TheoryData<string, string, string, string> Edits => new()
    {
        { "nothing", "Dockerfile", "", "" },
        { "comment", "Dockerfile", "FROM base AS tools=># tools\nFROM base AS tools", "" },
        { "label", "Dockerfile", "version=1=>version=2", "" },
        { "one more label", "Dockerfile", "LABEL version=1=>LABEL version=1\nLABEL more=1", "" },
        { "command", "Dockerfile", "/bin/server\"]=>/bin/server\", \"-v\"]", "" },
        { "stage's name", "Dockerfile", "assets=>skin", "" },
        { "order of stages", "docs first", "", "" },
        { "another stage that nobody needs", "Dockerfile", "FROM base\n=>FROM base AS unused\nRUN false\n\nFROM base\n", "" },
        { "white space", "Dockerfile", "RUN echo tools=>RUN   echo tools", "" },
        { "case of an instruction", "Dockerfile", "WORKDIR=>workdir", "" },
        { "exposed port", "Dockerfile", "CMD=>EXPOSE 80\nCMD", "" },
        { "file that is not copied", "README", "text", "" },
        { "time of a file", "server/main.c", "touch", "" },
        { "variable behind all steps", "Dockerfile", "CMD=>ENV A=1\nCMD", "" },
        { "source of the server", "server/main.c", "int x;", "COPY server .|RUN cat main.c|COPY --from=server|COPY --from=assets|COPY --from=docs|COPY etc|RUN cat /bin" },
        { "source of the assets", "assets/style.css", "b{}", "COPY assets|RUN cat /assets|COPY --from=assets|COPY --from=docs|COPY etc|RUN cat /bin" },
        { "source of the docs", "docs/index.md", "# other", "COPY docs|RUN cat /docs|COPY --from=docs|COPY etc|RUN cat /bin" },
        { "file that changes nothing behind it", "docs/unused.md", "# unused", "COPY docs|RUN cat /docs" },
        { "configuration", "etc/app.conf", "b", "COPY etc|RUN cat /bin" },
        { "file that comes along", "etc/more.conf", "c", "COPY etc|RUN cat /bin" },
        { "mode of a file", "etc/app.conf", "chmod", "COPY etc|RUN cat /bin" },
        { "last command", "Dockerfile", "> /all=>> /everything", "RUN cat /bin" },
        { "argument's default", "Dockerfile", "THEME=light=>THEME=dark", "RUN cat /assets|COPY --from=assets|COPY --from=docs|COPY etc|RUN cat /bin" },
        { "variable above a step", "Dockerfile", "LABEL version=1=>ENV A=1", "RUN cat /bin" },
        { "user above a step", "Dockerfile", "COPY etc=>USER 0:0\nCOPY etc", "RUN cat /bin" },
        { "destination", "Dockerfile", "/etc/app=>/etc/other", "COPY etc|RUN cat /bin" },
        { "mode of a copy", "Dockerfile", "COPY etc=>COPY --chmod=0600 etc", "COPY --chmod=0600 etc|RUN cat /bin" },
        { "docs are left out", "Dockerfile", "COPY --from=docs /index.html /www/index.html=>RUN echo none > /www/index.html", "RUN echo none|COPY etc|RUN cat /bin" },
        { "step that comes to the same", "Dockerfile", "cat /docs/index.md >=>cat < /docs/index.md >", "RUN cat < /docs" },
        { "tools", "Dockerfile", "echo tools >=>echo other >", "RUN echo other|WORKDIR /src|COPY server|RUN cat main.c|COPY assets|RUN cat /assets|COPY --from=server|COPY --from=docs|COPY etc|RUN cat /bin|COPY --from=assets" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task An_edit_has_the_steps_carried_out_that_depend_on_it(string name, string file, string change, string steps)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Write(place);
        string first = await BuildAsync(place, "first");
        Edit(place, file, change);

        KilnRun run = await place.BuildAsync(["--no-push", "--verbosity", "info", "--jobs", "1", .. Caches(place), "--oci-layout-path", place.Path("second"), "--digest-file", place.Path("digest")], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.True(steps.Split('|', StringSplitOptions.RemoveEmptyEntries).Order().SequenceEqual(Executed(run).Select(step => Shorten(step, steps)).Order()), $"{name}:\n{run.All}");
        if (name is "nothing" or "comment" or "time of a file" or "file that is not copied" or "order of stages" or "stage's name")
            Assert.True(first == File.ReadAllText(place.Path("digest")), $"not {first}:\n{run.All}");
    }

    [Fact]
    public async Task What_is_in_a_cache_of_the_same_registry_is_neither_read_nor_sent()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN echo a > /a\nRUN echo b > /b\nRUN echo c > /c");
        string[] flags = ["--insecure", "--verbosity", "debug", "--cache", "--cache-repo", $"{place.Registry}/cache/{Path.GetFileName(place.Root).ToLowerInvariant()}"];
        KilnRun cold = await place.BuildAsync([.. flags, "--destination", place.NewDestination()], Token);
        Assert.True(cold.Status == 0, cold.All);
        Directory.Delete(place.Path("root"), recursive: true);

        KilnRun warm = await place.BuildAsync([.. flags, "--destination", place.NewDestination().Replace(":latest", ":warm", StringComparison.Ordinal)], Token);

        Assert.True(warm.Status == 0, warm.All);
        Assert.True(Executed(warm).Count == 0, cold.All + warm.All);
        Assert.False(warm.Error.Contains("fetched", StringComparison.Ordinal), cold.All + warm.All);
        Assert.False(warm.Error.Contains("isolation:", StringComparison.Ordinal), warm.All);
    }

    [Fact]
    public async Task Copies_that_are_not_cached_come_to_the_same_image_and_keep_what_stands_on_them()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Write(place);
        string[] flags = ["--no-push", "--cache", "--cache-dir", place.Path("cache"), "--digest-file", place.Path("digest")];
        KilnRun cold = await place.BuildAsync(flags, Token);
        Assert.True(cold.Status == 0, cold.All);
        string first = File.ReadAllText(place.Path("digest"));

        KilnRun warm = await place.BuildAsync(flags, Token);

        Assert.True(warm.Status == 0, warm.All);
        Assert.True(first == File.ReadAllText(place.Path("digest")), $"not {first}:\n{warm.All}");
        Assert.True(Executed(warm).All(step => step.StartsWith("COPY", StringComparison.Ordinal)), warm.All);

        // A clone of its own has the same files at other times.
        File.SetLastWriteTimeUtc(place.ContextPath("server/main.c"), DateTime.UnixEpoch.AddYears(40));
        KilnRun cloned = await place.BuildAsync(flags, Token);

        Assert.True(cloned.Status == 0, cloned.All);
        Assert.False(Executed(cloned).Any(step => step.StartsWith("RUN cat main.c", StringComparison.Ordinal)), cloned.All);
    }

    [Fact]
    public async Task A_copy_that_is_not_cached_is_made_again_with_the_time_in_its_first_layer_however_long_that_took()
    {
        using var build = new InProcessBuild { KeepsTimes = true, Time = new HastyClock() };
        await File.WriteAllTextAsync(Path.Combine(build.Context, "a"), "a", Token);

        // The directory has the time of day.
        Image first = await BuildAsync(), second = await BuildAsync();

        Assert.Equal(first.Layers[0].Descriptor.Digest, second.Layers[0].Descriptor.Digest);
        Assert.Equal(first.Digest, second.Digest);

        Task<Image> BuildAsync() => build.RunAsync("FROM scratch\nCOPY a /made/a\n", FaultWorld.Impatient, new OutputOptions { NoPush = true }, Token);
    }

    [Fact]
    public async Task A_layer_that_is_gone_from_the_cache_is_made_again()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN echo a > /a\nRUN echo b > /b");
        string[] flags = ["--no-push", "--cache", "--cache-dir", place.Path("cache"), "--oci-layout-path", place.Path("image")];
        KilnRun cold = await place.BuildAsync(flags, Token);
        Assert.True(cold.Status == 0, cold.All);
        foreach (string file in Directory.EnumerateFiles(place.Path("cache"), "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0))
        {
            byte[] bytes = File.ReadAllBytes(file);
            // gzip: a layer's blob
            if (bytes is [0x1f, 0x8b, ..])
                File.WriteAllBytes(file, [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        }

        KilnRun warm = await place.BuildAsync(flags, Token);

        Assert.True(warm.Status == 0, warm.All);
    }

    [Fact]
    public async Task Without_a_look_into_the_cache_everything_is_carried_out_and_kept_in_its_place()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nRUN cat /proc/sys/kernel/random/uuid > /id");
        string[] flags = ["--no-push", "--cache", "--cache-dir", place.Path("cache"), "--digest-file", place.Path("digest")];

        string first = await DigestAsync();
        string second = await DigestAsync("--no-cache");

        Assert.NotEqual(first, second);
        Assert.Equal(second, await DigestAsync());

        async Task<string> DigestAsync(params string[] more)
        {
            KilnRun run = await place.BuildAsync([.. flags, .. more], Token);
            Assert.True(run.Status == 0, run.All);
            return await File.ReadAllTextAsync(place.Path("digest"), Token);
        }
    }

    [Fact]
    public async Task Stages_run_beside_each_other_and_the_same_step_once()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        // Each waits for the other in a directory that both have mounted.
        place.Dockerfile("""
            FROM base AS common
            FROM common AS a
            RUN echo same && cat /proc/sys/kernel/random/uuid > /id
            RUN --mount=type=cache,target=/meet touch /meet/a; while ! test -e /meet/b; do usleep 1000; done
            FROM common AS b
            RUN echo same && cat /proc/sys/kernel/random/uuid > /id
            RUN --mount=type=cache,target=/meet touch /meet/b; while ! test -e /meet/a; do usleep 1000; done; echo b > /b
            FROM base
            COPY --from=a /id /a
            COPY --from=b /id /b
            RUN cmp /a /b
            """);

        KilnRun run = await place.BuildAsync(["--no-push", "--jobs", "2"], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.True(run.Output.Split('\n').Count(line => line.EndsWith("same", StringComparison.Ordinal)) == 1, run.All);
    }

    [Fact]
    public async Task A_stage_that_fails_ends_the_others_and_is_told_alone()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("""
            FROM base AS a
            RUN exit 7
            FROM base AS b
            RUN while true; do usleep 100000; done
            FROM base
            COPY --from=b / /b
            COPY --from=a / /a
            """);

        KilnRun run = await place.BuildAsync(["--no-push", "--jobs", "2"], Token);

        Assert.True(run.Status == 7, run.All);
        Assert.True(run.Error.Contains("Dockerfile:2", StringComparison.Ordinal), run.All);
        Assert.True(run.Error.Split('\n').Count(line => line.Contains("error KILN", StringComparison.Ordinal)) == 1, run.All);
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task A_plan_says_what_will_be_done_and_does_nothing()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Write(place);
        await BuildAsync(place, "first");
        Edit(place, "docs/index.md", "# other");

        using RunningProgram program = place.Start(["plan", "--context", $"dir://{place.Path("context")}", "--registry-mirror", place.Registry, "--format", "json", .. Caches(place)]);
        KilnRun plan = await program.WaitAsync(Token);

        Assert.True(plan.Status == 0, plan.All);
        JsonElement[] stages = [.. JsonDocument.Parse(plan.Output).RootElement.GetProperty("stages").EnumerateArray()];
        Assert.Equal(["docs", "stage-4"], stages.Where(stage => stage.GetProperty("needed").GetBoolean()).Select(stage => stage.GetProperty("name").GetString()));
        Assert.Equal(
            ["metadata", "hit", "hit", "miss", "miss", "miss", "metadata"],
            stages[^1].GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("verdict").GetString()));
    }

    [Fact]
    public async Task A_miss_is_explained_by_what_differs()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Write(place);
        await BuildAsync(place, "first");
        Edit(place, "docs/index.md", "# other");

        using RunningProgram program = place.Start(["cache", "explain", "--context", $"dir://{place.Path("context")}", "--registry-mirror", place.Registry, .. Caches(place)]);
        KilnRun run = await program.WaitAsync(Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("file index.md", run.Output, StringComparison.Ordinal);
        Assert.Contains("what is below it is something else", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("style.css:", run.Output, StringComparison.Ordinal);
    }

    private static string[] Caches(BuildPlace place) => ["--cache", "--cache-copy-layers", "--cache-dir", place.Path("cache")];

    private static void Write(BuildPlace place)
    {
        place.Dockerfile(Project);
        place.Write("server/main.c", "int main;");
        place.Write("assets/style.css", "a{}");
        place.Write("docs/index.md", "# docs");
        place.Write("etc/app.conf", "a");
        place.Write(".dockerignore", "Dockerfile\nREADME\n");
    }

    private static void Edit(BuildPlace place, string file, string change)
    {
        switch (file, change)
        {
            case (_, "touch"):
                File.SetLastWriteTimeUtc(place.ContextPath(file), DateTime.UnixEpoch.AddYears(40));
                break;
            case (_, "chmod"):
                File.SetUnixFileMode(place.ContextPath(file), UnixFileMode.UserRead);
                break;
            case ("docs first", _):
                string[] stages = Project.Split("\n\n");
                place.Dockerfile(string.Join("\n\n", [stages[3], .. stages[..3], stages[4]]));
                break;
            case ("Dockerfile", ""):
                break;
            case ("Dockerfile", _):
                string[] words = change.Split("=>", 2);
                Assert.Contains(words[0], Project, StringComparison.Ordinal);
                place.Dockerfile(Change(words));
                break;
            default:
                place.Write(file, change);
                break;
        }

        // Of a name all places change, of all else the last.
        static string Change(string[] words) => words[0] == "assets"
            ? Project.Replace("AS assets", "AS skin", StringComparison.Ordinal).Replace("--from=assets", "--from=skin", StringComparison.Ordinal)
            : Project[..Project.LastIndexOf(words[0], StringComparison.Ordinal)] + words[1] + Project[(Project.LastIndexOf(words[0], StringComparison.Ordinal) + words[0].Length)..];
    }

    private static async Task<string> BuildAsync(BuildPlace place, string layout)
    {
        KilnRun run = await place.BuildAsync(["--no-push", .. Caches(place), "--oci-layout-path", place.Path(layout), "--digest-file", place.Path("digest")], Token);
        Assert.True(run.Status == 0, run.All);
        return File.ReadAllText(place.Path("digest"));
    }

    /// <summary>The titles of the steps that made a layer here, as far as the table shows them that closes the build. The lines before it are of several stages at once.</summary>
    private static IReadOnlyList<string> Executed(KilnRun run)
    {
        string[] lines = run.Error.Split('\n');
        int head = Array.FindIndex(lines, line => Regex.IsMatch(line, "^  step +time +layer$"));
        int sum = Array.FindIndex(lines, line => line.StartsWith("  all in ", StringComparison.Ordinal));
        Assert.True(0 <= head && head < sum, $"no table closes the build: {run.All}");
        return [.. lines[(head + 1)..sum].Where(row => row.EndsWith("  built", StringComparison.Ordinal)).Select(row => Regex.Match(row, @"^  \S+ \d+/\d+ +(.*?)  +[0-9.]+ s ").Groups[1].Value)];
    }

    /// <summary>Whoever looks at it twice sees another second.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private int _looks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddSeconds(Interlocked.Increment(ref _looks));
    }

    private static string Shorten(string title, string steps) => steps.Split('|').FirstOrDefault(step => step.Length > 0 && title.StartsWith(step, StringComparison.Ordinal)) ?? title;
}
