// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Build;
using Xunit;

namespace Kiln.SystemTests.Images;

/// <summary>The one file as a guest in an image of others: a C library, libstdc++ and libgcc, no OpenSSL, no compressor, nothing prepared for it.</summary>
public sealed class GuestTests(BuildWorld world)
{
    private const string Script = """
        b() { kiln build --context /context --registry-mirror $1 --destination $2/$3:1 --build-arg N=$3 2>/tmp/said || cat /tmp/said; }
        b $1 $2 one
        b $1 $2 two & b $1 $2 three & wait
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_writes_below_its_root_directory_alone(bool likeDocker)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string container = Path.GetFileName(place.Root), repository = place.NewDestination().Replace(":latest", "", StringComparison.Ordinal);
        place.Write("a/file", "text");
        place.Dockerfile("FROM base\nARG N\nCOPY a /srv/a\nRUN --mount=type=cache,target=/c echo $N && rm /srv/keep && touch /c/x /tmp/x /etc/x\n");
        string guestOf = await GlibcImage.ImportAsync(place, podman, Token);

        KilnRun run = await podman.CallAsync(
            [
                "run", "--name", container, "--ulimit", "host", "--network", "host", .. likeDocker ? Podman.DockersRestrictions : [], "--tmpfs", "/tmp", "--env", "HOME=/root",
                "--volume", $"{await world.BinaryAsync()}:/bin/kiln:ro", "--volume", $"{place.Path("context")}:/context:ro", guestOf, "/bin/sh", "-c", Script, "sh", place.Registry, repository,
            ],
            Token);
        KilnRun changed = await podman.CallAsync(["diff", container], Token);
        await podman.CallAsync(["rm", container], Token);

        Assert.True(run.Status == 0, run.All);
        string[] said = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(said is ["one", "two" or "three", "two" or "three"], run.All);
        foreach (string name in said)
            Assert.Equal("text", (await PushedImage.FetchAsync($"{repository}/{name}:1", Token)).FindText("srv/a/file"));
        Assert.Equal(
            ["A /bin/kiln", "A /context"],
            changed.Output.Split('\n').Where(line => line is ['A' or 'D', ..] && !line.StartsWith("A /root/.local", StringComparison.Ordinal)).Order());
        Assert.DoesNotContain("/builds/0/", changed.Output, StringComparison.Ordinal);
    }

    /// <summary>Nothing of ours runs then; the guide says what to install.</summary>
    [Fact]
    public async Task Without_libstdcxx_the_loader_names_what_is_missing()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string guestOf = await GlibcImage.ImportAsync(place, podman, Token, "libstdc++.so.6");

        KilnRun run = await podman.RunAsync(["--volume", $"{await world.BinaryAsync()}:/bin/kiln:ro", guestOf, "/bin/kiln", "--version"], Token);

        Assert.Equal(127, run.Status);
        Assert.Contains("libstdc++.so.6: cannot open shared object file", run.Error, StringComparison.Ordinal);
    }
}
