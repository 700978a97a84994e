// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>`--reproducible`: the same context becomes the same image wherever it is built, and a step that spoils that is named.</summary>
public sealed class ReproducibleCheckTests(BuildWorld world)
{
    private const string Stable = """
        FROM base AS made
        WORKDIR /srv/made
        RUN for i in 3 1 2; do echo $i > /etc/file$i; done; mkdir -p /srv/new && ln /etc/file1 /srv/new/link
        FROM base
        COPY . /srv/context
        COPY --from=made /srv /srv/copied
        RUN echo done > /srv/done
        """;

    [Fact]
    public async Task User_time_zone_umask_and_the_order_and_times_of_files_change_nothing()
    {
        string one = await BuildAsync(uid: 0, zone: "UTC", umask: "022", names: ["a", "b", "c"], DateTime.UnixEpoch.AddYears(30));
        string two = await BuildAsync(uid: 1000, zone: "Asia/Tokyo", umask: "077", names: ["c", "a", "b"], DateTime.UtcNow);

        Assert.Equal(one, two);
    }

    [Fact]
    public async Task Everything_that_is_new_has_the_one_time_and_the_base_stays()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile("FROM base\nCOPY . /srv\nRUN echo x > /etc/x");
        place.Write("file", "x");
        KilnRun run = await place.BuildAsync(["--destination", image, "--reproducible"], TestContext.Current.CancellationToken);
        Assert.True(run.Status == 0, run.All);
        place.Dockerfile("FROM base");
        string plain = image + "-plain";
        await place.BuildAsync(["--destination", plain], TestContext.Current.CancellationToken);
        PushedImage pushed = await PushedImage.FetchAsync(image, TestContext.Current.CancellationToken);
        PushedImage below = await PushedImage.FetchAsync(plain, TestContext.Current.CancellationToken);

        Assert.Equal(below.Layers, pushed.Layers.Take(below.Layers.Count));
        Assert.All(
            pushed.Layers.Skip(below.Layers.Count).SelectMany(PushedImage.Entries).Where(e => e.Name is "srv/file" or "etc/x"),
            entry => Assert.Equal(DateTimeOffset.UnixEpoch, entry.ModificationTime));
        Assert.Equal(DateTimeOffset.UnixEpoch, pushed.Config.GetProperty("created").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_build_that_passes_the_check_is_published()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        place.Dockerfile(Stable);
        KilnRun run = await place.BuildAsync(
            ["--destination", place.NewDestination(), "--reproducible=check", "--digest-file", place.Path("digest")], TestContext.Current.CancellationToken);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains($"both builds gave {await File.ReadAllTextAsync(place.Path("digest"), TestContext.Current.CancellationToken)}", run.All, StringComparison.Ordinal);
        Assert.Empty(place.Remains());
    }

    [Theory]
    [InlineData("RUN date > /etc/stamp", "Dockerfile:4:1: error KILN2042: two builds differ in `/etc/stamp`: its content, from byte ")]
    [InlineData("RUN head -c 9 /dev/urandom > /etc/noise", "Dockerfile:4:1: error KILN2042: two builds differ in `/etc/noise`: its content, from byte 0 on")]
    [InlineData("RUN mktemp /etc/tmp.XXXXXX && chmod 600 /etc/tmp.*", "Dockerfile:4:1: error KILN2042: two builds differ in `/etc/tmp.")]
    [InlineData("RUN touch /etc/m && chmod $(printf %o $(($(date +%s) % 4096))) /etc/m", "Dockerfile:4:1: error KILN2042: two builds differ in `/etc/m`: its mode is ")]
    [InlineData("RUN ln -s $(date +%s) /etc/l", "Dockerfile:4:1: error KILN2042: two builds differ in `/etc/l`: where the link leads")]
    public async Task A_step_that_writes_something_else_each_time_is_named_and_nothing_published(string step, string message)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        place.Dockerfile($"FROM base AS made\nRUN echo same > /etc/same\n\n{step}\nFROM base\nCOPY --from=made /etc /srv");
        KilnRun run = await place.BuildAsync(
            ["--destination", image, "--reproducible=check", "--digest-file", place.Path("digest")], TestContext.Current.CancellationToken);

        Assert.Equal(1, run.Status);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(place.Path("digest")));
        Assert.False(await PushedImage.ExistsAsync(image, TestContext.Current.CancellationToken));
        Assert.Empty(place.Remains());
    }

    private async Task<string> BuildAsync(uint uid, string zone, string umask, string[] names, DateTime touched)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        place.Dockerfile(Stable);
        foreach (string name in names)
            place.Write($"files/{name}", name);
        foreach (string path in (string[])[.. names.Select(n => $"files/{n}"), "files", "Dockerfile", "."])
            File.SetLastWriteTimeUtc(place.ContextPath(path), touched);
        place.Environment["TZ"] = zone;
        using RunningProgram program = place.StartBuild(
            ["--destination", place.NewDestination(), "--reproducible", "--digest-file", place.Path("digest")], ["sh", "-c", $"umask {umask}; exec \"$@\"", "sh"]);
        KilnRun run = await program.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(run.Status == 0, run.All);
        return await File.ReadAllTextAsync(place.Path("digest"), TestContext.Current.CancellationToken);
    }
}
