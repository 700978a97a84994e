// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Registry;
using Kiln.SystemTests.Registry.Faults;
using Xunit;

namespace Kiln.SystemTests.Cache;

/// <summary>What `kiln warmer` puts into a directory, and what a build makes of it.</summary>
public sealed class WarmerTests(BuildWorld world)
{
    private const string Base = "library/base:latest";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tag_has_its_registry_asked_for_the_manifest_and_nothing_else()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await using var proxy = new FaultProxy(place.Registry, _ => null);
        await WarmAsync(place, "--image", $"{proxy.Address}/{Base}");
        proxy.Requests.Clear();
        place.Dockerfile($"FROM {proxy.Address}/{Base}\nRUN test -s /etc/passwd && echo a > /a");

        KilnRun run = await BuildAsync(place);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal(RequestKind.ManifestGet, Assert.Single(proxy.Requests, request => request.Kind != RequestKind.Ping).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_digest_has_no_registry_asked(bool ofIndex)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string name = place.NewDestination().Split('/', 2)[1];
        string[] create = ofIndex ? ["manifest", "create", $"{place.Registry}/{name}", $"{place.Registry}/{Base}"] : ["copy", $"{place.Registry}/{Base}", $"{place.Registry}/{name}"];
        Assert.Equal(0, (await RunAsync(place, [.. create, "--digest-file", place.Path("digest")])).Status);
        await using var proxy = new FaultProxy(place.Registry, _ => null);
        await WarmAsync(place, "--image", $"{proxy.Address}/{name}");
        proxy.Requests.Clear();
        place.Dockerfile($"FROM {proxy.Address}/{name}@{File.ReadAllText(place.Path("digest"))}\nRUN test -s /etc/passwd && echo a > /a");

        KilnRun run = await BuildAsync(place);

        Assert.True(run.Status == 0, run.All);
        Assert.Empty(proxy.Requests);
    }

    [Fact]
    public async Task A_copy_onto_a_warmed_image_reads_no_layer()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await WarmAsync(place, "--image", $"{place.Registry}/{Base}");
        place.Write("file", "text");
        place.Dockerfile($"FROM {place.Registry}/{Base}\nCOPY file /srv/");

        KilnRun run = await BuildAsync(place, "--verbosity", "debug");

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("index from the cache", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(": fetched,", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_layout_has_the_name_of_its_one_manifest_and_is_read_by_skopeo()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await WarmAsync(place, "--image", $"{place.Registry}/{Base}");
        string layout = LayoutIn(place), raw = place.Path("layout");
        string digest = Path.GetFileName(layout);

        // The name has a colon, after which skopeo would look for a tag.
        Directory.Move(layout, raw);

        Assert.Equal(digest, (await Programs.RunAsync(["skopeo", "inspect", "--format", "{{.Digest}}", $"oci:{raw}"], Token)).Trim());
        Assert.Contains($"\"org.opencontainers.image.ref.name\": \"{place.Registry}/{Base}\"", File.ReadAllText(Path.Combine(raw, "index.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Warmers_at_the_same_time_fetch_each_layer_once()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await using var proxy = new FaultProxy(place.Registry, request => request.Kind == RequestKind.BlobGet ? new Fault { Delay = TimeSpan.FromMilliseconds(100) } : null);
        string[] layers = await LayersAsync(place);

        KilnRun[] runs = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => RunAsync(place, "warmer", "--cache-dir", place.Path("cache"), "--image", $"{proxy.Address}/{Base}")));

        Assert.All(runs, run => Assert.True(run.Status == 0, run.All));
        Assert.All(layers, layer => Assert.Single(proxy.Requests, request => request.Kind == RequestKind.BlobGet && request.Path.EndsWith(layer, StringComparison.Ordinal)));
        Assert.Single(runs, run => run.Error.Contains("is warmed:", StringComparison.Ordinal));
        Assert.Empty(Directory.GetDirectories(place.Path("cache/.warming")));
    }

    [Fact]
    public async Task Nothing_that_a_killed_warmer_left_is_believed_and_the_next_one_clears_it_away()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string[] layers = await LayersAsync(place);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var proxy = new FaultProxy(place.Registry, request =>
        {
            if (!layers.Any(layer => request.Path.EndsWith(layer, StringComparison.Ordinal)))
                return null;
            asked.TrySetResult();
            return new Fault { StallAnswerAfter = 10 };
        }))
        {
            using RunningProgram warmer = place.Start(["warmer", "--cache-dir", place.Path("cache"), "--image", $"{proxy.Address}/{Base}"]);
            await asked.Task.WaitAsync(Token);
            warmer.Signal("KILL");
            await warmer.WaitAsync(Token);
        }
        Assert.Single(Directory.GetDirectories(place.Path("cache/.warming")));
        place.Dockerfile($"FROM {place.Registry}/{Base}\nRUN test -s /etc/passwd");

        KilnRun run = await BuildAsync(place);

        Assert.True(run.Status == 0, run.All);
        Assert.Empty(Directory.GetDirectories(place.Path("cache"), "sha256:*"));
        await WarmAsync(place, "--image", $"{place.Registry}/{Base}");
        Assert.Empty(Directory.GetDirectories(place.Path("cache/.warming")));
        LayoutIn(place);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_to_is_read_by_whoever_may()
    {
        using BuildPlace filler = await world.NewPlaceAsync(), place = await world.NewPlaceAsync(1000);
        await using var proxy = new FaultProxy(place.Registry, _ => null);
        await WarmAsync(filler, "--image", $"{proxy.Address}/{Base}");
        await Programs.RunAsync(["chmod", "-R", "a=rX", filler.Root], Token);
        string digest = Path.GetFileName(LayoutIn(filler));
        proxy.Requests.Clear();
        place.Dockerfile($"FROM {proxy.Address}/library/base@{digest}\nRUN test -s /etc/passwd && echo a > /a");

        KilnRun run = await place.BuildAsync(["--no-push", "--cache", "--cache-dir", filler.Path("cache")], Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Empty(proxy.Requests);
    }

    [Fact]
    public async Task What_is_older_than_asked_for_comes_from_the_registry_and_stays_until_it_is_forced_out()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await using var proxy = new FaultProxy(place.Registry, _ => null);
        await WarmAsync(place, "--image", $"{proxy.Address}/{Base}");
        DateTime old = DateTime.UtcNow.AddHours(-2);
        Directory.SetLastWriteTimeUtc(LayoutIn(place), old);
        proxy.Requests.Clear();
        place.Dockerfile($"FROM {proxy.Address}/{Base}\nRUN test -s /etc/passwd");

        KilnRun run = await BuildAsync(place, "--cache-ttl", "1h");

        Assert.True(run.Status == 0, run.All);
        Assert.Contains(proxy.Requests, request => request.Kind == RequestKind.BlobGet);
        KilnRun again = await WarmAsync(place, "--cache-ttl", "1h", "--image", $"{proxy.Address}/{Base}");
        Assert.Contains("longer ago than `--cache-ttl`", again.Error, StringComparison.Ordinal);
        Assert.InRange(Directory.GetLastWriteTimeUtc(LayoutIn(place)), old.AddMinutes(-1), old.AddMinutes(1));
        await WarmAsync(place, "--force", "--image", $"{proxy.Address}/{Base}");
        Assert.InRange(Directory.GetLastWriteTimeUtc(LayoutIn(place)), old.AddHours(1), DateTime.UtcNow.AddHours(1));
    }

    [Fact]
    public async Task A_layer_that_has_other_bytes_comes_from_the_registry_and_the_image_is_the_same()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Environment["SOURCE_DATE_EPOCH"] = "1";
        place.Dockerfile($"FROM {place.Registry}/{Base}\nRUN cat /etc/passwd > /a");
        KilnRun cold = await place.BuildAsync(["--no-push", "--digest-file", place.Path("first")], Token);
        Assert.True(cold.Status == 0, cold.All);
        await WarmAsync(place, "--image", $"{place.Registry}/{Base}");
        foreach (string layer in await LayersAsync(place))
            Spoil(Path.Combine(LayoutIn(place), "blobs", layer.Replace(':', '/')));

        KilnRun run = await BuildAsync(place, "--digest-file", place.Path("second"));

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("is broken: the registry is asked for it", run.Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(place.Path("first")), File.ReadAllText(place.Path("second")));
    }

    [Fact]
    public async Task A_layout_that_is_not_whole_is_passed_over_and_made_anew()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await WarmAsync(place, "--image", $"{place.Registry}/{Base}");
        string digest = Path.GetFileName(LayoutIn(place));
        File.Delete(Path.Combine(LayoutIn(place), "blobs", (await LayersAsync(place))[0].Replace(':', '/')));
        place.Dockerfile($"FROM {place.Registry}/library/base@{digest}\nRUN test -s /etc/passwd");

        KilnRun run = await BuildAsync(place), again = await WarmAsync(place, "--image", $"{place.Registry}/{Base}"), third = await BuildAsync(place);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("is passed over:", run.Error, StringComparison.Ordinal);
        Assert.Contains("is warmed:", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("is passed over:", third.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_images_of_a_Dockerfile_are_warmed_and_one_that_is_not_there_is_a_warning()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string other = place.NewDestination();
        place.Dockerfile("FROM base\nLABEL a=b");
        Assert.Equal(0, (await place.BuildAsync(["--destination", other], Token)).Status);
        place.Dockerfile($"""
            ARG NAME=absent
            FROM {place.Registry}/library/$NAME AS one
            FROM one AS two
            COPY --from={other} /etc/passwd /a
            FROM {place.Registry}/library/missing:1
            RUN --mount=from=one,target=/m true
            """);

        KilnRun run = await WarmAsync(place, "--dockerfile", place.ContextPath("Dockerfile"), "--build-arg", "NAME=base");
        KilnRun failed = await RunAsync(place, "warmer", "--cache-dir", place.Path("cache"), "--image", $"{place.Registry}/library/missing:1");

        Assert.Equal(2, Directory.GetDirectories(place.Path("cache"), "sha256:*").Length);
        Assert.Contains("library/missing:1 is not warmed:", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, failed.Status);
        Assert.Contains("KILN3043", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_warms_what_its_flag_names()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        await using var proxy = new FaultProxy(place.Registry, _ => null);
        string[] layers = await LayersAsync(place);
        place.Dockerfile($"FROM {proxy.Address}/{Base}\nRUN test -s /etc/passwd");

        KilnRun run = await place.BuildAsync(["--no-push", "--cache-dir", place.Path("cache"), "--image", $"{proxy.Address}/{Base}"], Token);

        Assert.True(run.Status == 0, run.All);
        LayoutIn(place);
        Assert.All(layers, layer => Assert.Single(proxy.Requests, request => request.Kind == RequestKind.BlobGet && request.Path.EndsWith(layer, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Called_by_its_name_it_takes_kaniko_s_command_line()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string program = place.Path("warmer");
        File.CreateSymbolicLink(program, await world.BinaryAsync());

        using RunningProgram running = RunningProgram.Start(
            [program, "-f", "-i", $"{place.Registry}/{Base}", "-c", place.Path("cache"), "--customPlatform=linux/amd64", "-v", "info"], place.Environment, place.Root);
        KilnRun run = await running.WaitAsync(Token);

        Assert.True(run.Status == 0, run.All);
        Assert.DoesNotContain("warning", run.Error, StringComparison.Ordinal);
        LayoutIn(place);
    }

    private static Task<KilnRun> BuildAsync(BuildPlace place, params string[] flags) =>
        place.BuildAsync(["--no-push", "--cache", "--cache-dir", place.Path("cache"), "--cache-run-layers=false", .. flags], Token);

    private static async Task<KilnRun> WarmAsync(BuildPlace place, params string[] flags)
    {
        KilnRun run = await RunAsync(place, ["warmer", "--cache-dir", place.Path("cache"), .. flags]);
        Assert.True(run.Status == 0, run.All);
        return run;
    }

    private static async Task<KilnRun> RunAsync(BuildPlace place, params string[] words)
    {
        using RunningProgram program = place.Start(words);
        return await program.WaitAsync(Token);
    }

    private static string LayoutIn(BuildPlace place) => Assert.Single(Directory.GetDirectories(place.Path("cache"), "sha256:*"));

    private static async Task<string[]> LayersAsync(BuildPlace place) =>
        (await Programs.RunAsync(["skopeo", "inspect", "--tls-verify=false", "--format", "{{range .Layers}}{{.}} {{end}}", $"docker://{place.Registry}/{Base}"], Token))
        .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);

    private static void Spoil(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);
    }
}
