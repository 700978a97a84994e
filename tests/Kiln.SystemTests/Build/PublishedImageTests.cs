// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>What a build pushes is what it says, runs, and does not depend on who built it.</summary>
public sealed class PublishedImageTests(BuildWorld world)
{
    private const string TwoStages = """
        FROM base AS build
        WORKDIR /work
        COPY names .
        RUN while read -r name; do echo "Hello, $name!"; done < names > greeting && mkdir -m 0751 out && ln -s ../greeting out/link && ln greeting out/hard

        FROM base
        LABEL org.example.kind=test
        ENV GREETER=kiln
        COPY --from=build --chmod=0640 --chown=1000:1001 /work/greeting /srv/greeting
        COPY --from=build /work/out /srv/out
        RUN rm /srv/keep && echo more >> /etc/group && chmod 2755 /srv/out
        COPY --chmod=0755 <<"SCRIPT" /bin/greet
        #!/bin/sh
        cat /srv/greeting
        echo "($GREETER)"
        SCRIPT
        EXPOSE 8080
        ENTRYPOINT ["greet"]
        """;

    [Fact]
    public async Task A_pushed_image_keeps_every_promise_and_runs()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string image = await BuildAsync(place);

        PushedImage pushed = await PushedImage.FetchAsync(image, Token);
        Assert.Equal(["greet"], pushed.Config.GetProperty("config").GetProperty("Entrypoint").EnumerateArray().Select(e => e.GetString()));
        KilnRun run = await podman.RunAsync(["--tls-verify=false", image], Token);
        Assert.Equal("Hello, Ada!\nHello, Grace!\n(kiln)\n", run.Output);
    }

    [Fact]
    public async Task Skopeo_reads_the_configuration()
    {
        Assert.SkipUnless(Programs.Has("skopeo"), "skopeo is not installed");
        using BuildPlace place = await world.NewPlaceAsync();
        string image = await BuildAsync(place);

        string config = await Programs.RunAsync(["skopeo", "inspect", "--config", "--tls-verify=false", $"docker://{image}"], Token);

        JsonElement said = JsonDocument.Parse(config).RootElement.GetProperty("config");
        Assert.Equal("test", said.GetProperty("Labels").GetProperty("org.example.kind").GetString());
        Assert.Contains("GREETER=kiln", said.GetProperty("Env").EnumerateArray().Select(e => e.GetString()));
        Assert.True(said.GetProperty("ExposedPorts").TryGetProperty("8080/tcp", out _));
    }

    [Fact]
    public async Task Root_and_an_ordinary_user_build_the_same_files()
    {
        using BuildPlace roots = await world.NewPlaceAsync();
        using BuildPlace users = await world.NewPlaceAsync(uid: 1000);

        PushedImage byRoot = await PushedImage.FetchAsync(await BuildAsync(roots), Token);
        PushedImage byUser = await PushedImage.FetchAsync(await BuildAsync(users), Token);

        Assert.Equal(byRoot.List(), byUser.List());
        Assert.Contains(byRoot.List(), line => line.Contains("0640 1000:1001 RegularFile srv/greeting", StringComparison.Ordinal));
        Assert.Empty(users.Remains());
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<string> BuildAsync(BuildPlace place)
    {
        string image = place.NewDestination();
        place.Write("names", "Ada\nGrace\n");
        place.Dockerfile(TwoStages);
        KilnRun run = await place.BuildAsync(["--destination", image], Token);
        Assert.True(run.Status == 0, run.All);
        return image;
    }
}
