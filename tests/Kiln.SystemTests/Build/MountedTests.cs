// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>`RUN --mount` in whole builds.</summary>
public sealed class MountedTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0u)]
    [InlineData(1000u)]
    public async Task A_cache_is_there_again_in_the_next_build(uint uid)
    {
        using BuildPlace place = await world.NewPlaceAsync(uid);
        place.Dockerfile("FROM base\nRUN --mount=type=cache,target=/cache echo line >> /cache/log && wc -l < /cache/log");

        KilnRun first = await BuildAsync(place), second = await BuildAsync(place);

        Assert.Equal(("1\n", "2\n"), (first.Output, second.Output));
    }

    [Fact]
    public async Task What_is_mounted_does_not_come_into_the_image()
    {
        using BuildPlace place = await world.NewPlaceAsync();
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

    [Fact]
    public async Task A_bound_context_is_read_only_unless_asked_for_and_then_only_for_the_step()
    {
        using BuildPlace place = await world.NewPlaceAsync();
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

    private static async Task<KilnRun> BuildAsync(BuildPlace place, params string[] flags)
    {
        KilnRun run = await place.BuildAsync(flags.Length > 0 ? flags : ["--no-push"], Token);
        Assert.True(run.Status == 0, run.All);
        return run;
    }
}
