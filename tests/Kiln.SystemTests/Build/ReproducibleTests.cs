// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>With SOURCE_DATE_EPOCH the same context becomes the same image, byte for byte.</summary>
public sealed class ReproducibleTests(BuildWorld world)
{
    private const string Epoch = "1700000000";

    private const string Dockerfile = """
        FROM base
        WORKDIR /srv/made
        COPY . .
        RUN echo generated > generated && touch /etc/stamp && date > /dev/null
        COPY <<END /srv/note
        a note
        END
        """;

    [Fact]
    public async Task The_environment_s_epoch_makes_two_builds_equal() =>
        Assert.Equal(await BuildAsync([], environment: true), await BuildAsync([], environment: true));

    [Fact]
    public async Task The_build_argument_s_epoch_makes_two_builds_equal()
    {
        string[] flags = ["--build-arg", $"SOURCE_DATE_EPOCH={Epoch}"];

        Assert.Equal(await BuildAsync(flags, environment: false), await BuildAsync(flags, environment: false));
    }

    [Fact]
    public async Task Later_times_in_the_context_change_nothing()
    {
        string first = await BuildAsync([], environment: true, touched: DateTime.UtcNow);
        string second = await BuildAsync([], environment: true, touched: DateTime.UtcNow.AddYears(1));

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task No_time_in_the_new_layers_is_later_than_the_epoch()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        string image = place.NewDestination();
        await BuildAsync(place, image, [], environment: true, DateTime.UtcNow);

        PushedImage pushed = await PushedImage.FetchAsync(image, TestContext.Current.CancellationToken);

        DateTimeOffset epoch = DateTimeOffset.FromUnixTimeSeconds(long.Parse(Epoch));
        var own = pushed.Layers.Skip(BaseLayers(pushed)).SelectMany(PushedImage.Entries).Where(e => e.Name.StartsWith("srv/made/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, entry => Assert.True(entry.ModificationTime <= epoch, entry.Name));
        Assert.Equal(epoch, pushed.Config.GetProperty("created").GetDateTimeOffset());
    }

    private static int BaseLayers(PushedImage image) => image.Layers.Count - 4;

    private async Task<string> BuildAsync(string[] flags, bool environment, DateTime? touched = null)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        return await BuildAsync(place, place.NewDestination(), flags, environment, touched ?? DateTime.UtcNow);
    }

    private static async Task<string> BuildAsync(BuildPlace place, string image, string[] flags, bool environment, DateTime touched)
    {
        place.Dockerfile(Dockerfile);
        place.Write("a/file", "content\n");
        foreach (string path in new[] { "a/file", "a", "Dockerfile", "." })
            File.SetLastWriteTimeUtc(place.ContextPath(path), touched);
        if (environment)
            place.Environment["SOURCE_DATE_EPOCH"] = Epoch;
        KilnRun run = await place.BuildAsync(["--destination", image, "--digest-file", place.Path("digest"), .. flags], TestContext.Current.CancellationToken);
        Assert.True(run.Status == 0, run.All);
        return await File.ReadAllTextAsync(place.Path("digest"));
    }
}
