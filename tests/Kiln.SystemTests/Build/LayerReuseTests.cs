// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What is done with a base's layers, and what is not: told by the log, and by what can no longer be done.</summary>
public sealed class LayerReuseTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_on_a_known_base_fetches_nothing()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nCOPY Dockerfile /etc/");
        string image = place.NewDestination();

        KilnRun first = await BuildAsync(place, image);
        PushedImage cold = await PushedImage.FetchAsync(image, Token);
        KilnRun second = await BuildAsync(place, image);
        PushedImage warm = await PushedImage.FetchAsync(image, Token);

        Assert.Matches("layer sha256:[0-9a-f]{64}: fetched, [0-9,]+ bytes: `COPY` at line 2 needs it", first.Error);
        Assert.DoesNotContain("fetched", second.Error, StringComparison.Ordinal);
        Assert.Contains("index from the cache: `COPY` at line 2 needs it", second.Error, StringComparison.Ordinal);
        Assert.Equal(cold.List(), warm.List());
    }

    [Fact]
    public async Task A_broken_index_is_passed_over()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nCOPY Dockerfile /etc/");
        await BuildAsync(place, place.NewDestination());
        foreach (string index in Directory.EnumerateFiles(place.Path("root/cache/indexes"), "entries", SearchOption.AllDirectories))
            File.WriteAllText(index, "KILNIDX1");

        KilnRun run = await BuildAsync(place, place.NewDestination());

        Assert.Contains("is passed over", run.Error, StringComparison.Ordinal);
        Assert.Contains("fetched", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_directory_may_be_read_only()
    {
        using BuildPlace place = await world.NewPlaceAsync(uid: 1000);
        place.Dockerfile("FROM base\nCOPY Dockerfile /etc/");
        await BuildAsync(place, place.NewDestination(), "--cache-dir", place.Path("shared"));
        await Registry.Programs.RunAsync(["chmod", "-R", "a-w", place.Path("shared")], Token);
        await Registry.Programs.RunAsync(["chown", "-R", "0:0", place.Path("shared")], Token);

        KilnRun run = await BuildAsync(place, place.NewDestination(), "--cache-dir", place.Path("shared"));

        Assert.Contains("index from the cache", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_under_two_names_is_fetched_and_unpacked_once()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile($"FROM base AS a\nRUN echo a > /a\nFROM {place.Registry}/library/base:latest\nCOPY --from=a /a /a\nRUN test -e /a && echo b > /b");

        KilnRun run = await BuildAsync(place, place.NewDestination(), "--insecure-pull");

        Assert.Distinct(Layers(run, ": fetched, "));
        Assert.Distinct(Layers(run, ": unpacked: "));
        Assert.Contains("unpacked: `RUN` at line 2", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_base_that_is_only_configured_is_never_needed()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile("FROM base\nENV A=1");

        KilnRun run = await BuildAsync(place, place.NewDestination());

        Assert.Matches("layer sha256:[0-9a-f]{64}: never needed", run.Error);
        Assert.DoesNotContain("fetched", run.Error, StringComparison.Ordinal);
    }

    /// <summary>The layers of which the log says something.</summary>
    private static List<string> Layers(KilnRun run, string what) =>
        [.. run.Error.Split('\n').Where(line => line.Contains(what, StringComparison.Ordinal)).Select(line => line[..line.IndexOf(what, StringComparison.Ordinal)])];

    private static async Task<KilnRun> BuildAsync(BuildPlace place, string image, params string[] flags)
    {
        KilnRun run = await place.BuildAsync(["--insecure", "--verbosity", "debug", "--destination", image, .. flags], Token);
        Assert.True(run.Status == 0, run.All);
        return run;
    }
}
