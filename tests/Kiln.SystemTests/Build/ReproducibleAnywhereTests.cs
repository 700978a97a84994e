// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What one machine has and another has not leaves no trace in an image that is built with `--reproducible`.</summary>
public sealed class ReproducibleAnywhereTests(BuildWorld world)
{
    private const int Files = 200;

    private const string Dockerfile = """
        FROM base
        COPY . /srv/copied
        RUN mkdir /srv/made && for i in $(seq 300); do echo $i > /srv/made/$i; done && cat /srv/copied/large /srv/copied/large > /srv/made/large
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("one core")]
    [InlineData("ordinary user")]
    [InlineData("strict umask")]
    [InlineData("files made in another order")]
    [InlineData("root directory in memory")]
    public async Task The_image_is_the_same_with(string difference)
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1 || difference != "one core", "there is one core only");
        using BuildPlace usual = await world.NewPlaceAsync();
        using BuildPlace other = await world.NewPlaceAsync(difference == "ordinary user" ? 1000u : 0u);
        using TempDirectory memory = TempDirectory.InMemory();
        string[] flags = difference switch
        {
            "files made in another order" => ["--context", $"dir://{memory.Path("context")}"],
            "root directory in memory" => ["--root-dir", memory.Path("root")],
            _ => [],
        };
        string[] through = difference switch
        {
            "one core" => ["taskset", "--cpu-list", "0"],
            "strict umask" => ["sh", "-c", "umask 077 && exec \"$@\"", "sh"],
            _ => [],
        };
        Fill(usual.Path("context"), Enumerable.Range(0, Files));
        // The newest comes first in a directory in memory; elsewhere the order is that of the names' hashes.
        Fill(other.Path("context"), Enumerable.Range(0, Files));
        Fill(Directory.CreateDirectory(memory.Path("context")).FullName, Enumerable.Range(0, Files).Reverse());

        Assert.Equal(await BuildAsync(usual, [], []), await BuildAsync(other, flags, through));
    }

    private static void Fill(string directory, IEnumerable<int> names)
    {
        foreach (int name in names)
            File.WriteAllText(Path.Combine(directory, $"{name}"), $"{name}");
        // Several blocks of what is packed at a time, of bytes that can be packed.
        File.WriteAllLines(Path.Combine(directory, "large"), Enumerable.Range(0, 1_000_000).Select(line => $"{line * 2654435761L % 65521}"));
        File.WriteAllText(Path.Combine(directory, "Dockerfile"), Dockerfile);
    }

    private static async Task<string> BuildAsync(BuildPlace place, string[] flags, string[] through)
    {
        using RunningProgram program = place.StartBuild(["--reproducible", "--no-push", "--digest-file", place.Path("digest"), .. flags], through);
        KilnRun run = await program.WaitAsync(Token);
        Assert.True(run.Status == 0, run.All);
        return await File.ReadAllTextAsync(place.Path("digest"), Token);
    }
}
