// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>
/// Two builders of one project with one cache directory and one cache repository, of which any may die at any moment. `KILN_TEST_POD_ROUNDS` says how often.
/// </summary>
public sealed class SharedCacheTests(BuildWorld world)
{
    private const string Project = """
        FROM base AS one
        RUN head -c 300000 /dev/zero | tr '\0' a > /one
        FROM base AS two
        COPY Dockerfile /two
        RUN cat /two /two > /twice
        FROM base
        COPY --from=one /one /one
        COPY --from=two /twice /two
        ARG ROUND
        RUN echo "$ROUND" > /round && cat /one /two > /all
        WORKDIR /work
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_of_two_dies_the_image_is_right_and_the_caches_are_whole()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("KILN_TEST_POD_ROUNDS") ?? "3", CultureInfo.InvariantCulture);
        using BuildPlace place = await world.NewPlaceAsync(), other = await world.NewPlaceAsync();
        string repository = place.NewDestination().Split(":latest")[0] + "/cache";
        foreach (BuildPlace pod in new[] { place, other })
        {
            pod.Dockerfile(Project);
            pod.Environment["SOURCE_DATE_EPOCH"] = "1700000000";
        }
        var random = new Random(1);
        for (int round = 0; round < rounds; round++)
        {
            string expected = await BuildAsync(place, round, []);
            string[] shared = ["--cache", "--cache-copy-layers", "--cache-dir", place.Path("cache"), "--cache-repo", repository];

            // The first round's is killed somewhere in a build that takes about a second, or is done by then.
            using (RunningProgram doomed = place.StartBuild(Flags(place, round, shared)), lucky = other.StartBuild(Flags(other, round, shared)))
            {
                await Task.Delay(random.Next(1500), Token);
                doomed.Signal("KILL");
                KilnRun survivor = await lucky.WaitAsync(Token);
                Assert.True(survivor.Status == 0, survivor.All);
                await doomed.WaitAsync(Token);
            }

            Assert.Equal(expected, await File.ReadAllTextAsync(other.Path("digest"), Token));
            Assert.Equal(expected, await BuildAsync(place, round, shared));
        }
        foreach (string[] cache in new string[][] { ["--cache-dir", place.Path("cache")], ["--cache-repo", repository] })
        {
            using RunningProgram verify = place.Start(["cache", "verify", .. cache]);
            KilnRun verified = await verify.WaitAsync(Token);
            Assert.True(verified.Status == 0, verified.All);
        }
    }

    private static async Task<string> BuildAsync(BuildPlace place, int round, string[] flags)
    {
        KilnRun run = await place.BuildAsync(Flags(place, round, flags), Token);
        Assert.True(run.Status == 0, run.All);
        return await File.ReadAllTextAsync(place.Path("digest"), Token);
    }

    private static string[] Flags(BuildPlace place, int round, string[] more) =>
    [
        "--destination", place.NewDestination(), "--digest-file", place.Path("digest"),
        // Half of what was there in the last round is there in this one.
        "--build-arg", string.Create(CultureInfo.InvariantCulture, $"ROUND={round}"), .. more,
    ];
}
