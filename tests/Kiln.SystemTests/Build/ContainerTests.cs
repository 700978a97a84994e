// SPDX-License-Identifier: Apache-2.0
using Kiln.SystemTests.Registry;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>The file alone in an ordinary container: podman's defaults, and a container without any right.</summary>
public sealed class ContainerTests(BuildWorld world)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1000, "--user", "1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")]
    public async Task An_image_is_built_in_a_container_with_one_volume(int uid, params string[] restrictions)
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string image = place.NewDestination();
        place.Dockerfile("""
            FROM base AS first
            RUN id -u > /srv/who && echo first > /srv/made
            FROM base
            COPY --from=first /srv/made /srv/who /srv/
            RUN cat /srv/made /srv/who && chmod 0600 /srv/who
            """);
        string root = await GlibcImage.ImportAsync(place, podman, Token);
        await Programs.RunAsync(["chmod", "-R", "a+rX", place.Root], Token);
        await Programs.RunAsync(["chown", $"{uid}", place.Path("root")], Token);

        KilnRun run = await podman.RunAsync(
            [
                .. restrictions,
                "--volume", $"{await world.BinaryAsync()}:/usr/local/bin/kiln:ro",
                "--volume", $"{place.Path("context")}:/workspace:ro",
                "--volume", $"{place.Path("root")}:/builder",
                "--env", "KILN_ROOT=/builder",
                root, "/usr/local/bin/kiln", "build", "--registry-mirror", place.Registry, "--destination", image,
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("first\n0\n", run.Output);
        Assert.Contains(
            (await PushedImage.FetchAsync(image, Token)).List(), line => line.Contains("0600 0:0 RegularFile srv/who", StringComparison.Ordinal));
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task Where_docker_permits_no_namespaces_root_builds_in_a_changed_root()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string image = place.NewDestination();
        place.Dockerfile("""
            FROM base
            RUN echo x | cat /dev/stdin > /srv/made && mknod /srv/null c 1 3 && readlink /proc/self/exe && ls -d /proc/[0-9]* | wc -l && (setsid sleep 1000 &)
            USER app
            RUN cat /proc/self/comm /srv/made && readlink /proc/self/cwd && kill -9 1 2>/dev/null || id -u
            """);
        string root = await GlibcImage.ImportAsync(place, podman, Token);
        await Programs.RunAsync(["chmod", "-R", "a+rX", place.Root], Token);

        KilnRun run = await podman.RunAsync(
            [
                .. Podman.DockersRestrictions,
                "--volume", $"{await world.BinaryAsync()}:/usr/local/bin/kiln:ro",
                "--volume", $"{place.Path("context")}:/workspace:ro",
                "--volume", $"{place.Path("root")}:/builder",
                "--env", "KILN_ROOT=/builder",
                root, "/usr/local/bin/kiln", "build", "--registry-mirror", place.Registry, "--destination", image,
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("isolation: chroot (namespaces are refused: clone", run.Error, StringComparison.Ordinal);
        Assert.Equal("/bin/busybox\n3\ncat\nx\n/\n1000\n", run.Output);
        Assert.Contains((await PushedImage.FetchAsync(image, Token)).List(), line => line.Contains("CharacterDevice srv/null", StringComparison.Ordinal));
        Assert.Empty(place.Remains());
    }

    [Fact]
    public async Task Where_docker_permits_no_mounts_a_step_has_what_it_would_mount()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        using var podman = new Podman();
        string image = place.NewDestination();
        place.Write("word", "bound\n");
        await File.WriteAllTextAsync(place.ContextPath("token"), "hush-hush", Token);
        place.Dockerfile("""
            FROM base
            RUN --mount=type=cache,target=/cache --mount=target=/context --mount=type=tmpfs,target=/t --mount=type=secret,id=token,mode=0440,gid=1001 \
                cat /context/word && wc -c < /run/secrets/token && echo kept > /cache/file && touch /t/x && (touch /context/x 2>&1 | grep -o 'Read-only.*')
            USER app
            RUN --mount=type=cache,target=/cache --mount=type=secret,id=token,mode=0440,gid=1001 cat /cache/file && wc -c < /run/secrets/token
            USER root
            RUN --network=none wget -q -O - http://127.0.0.1/ 2>&1 | grep -o 'Network.*'; echo done > /srv/done
            """);
        string root = await GlibcImage.ImportAsync(place, podman, Token);
        await Programs.RunAsync(["chmod", "-R", "a+rX", place.Root], Token);

        KilnRun run = await podman.RunAsync(
            [
                .. Podman.DockersRestrictions,
                "--volume", $"{await world.BinaryAsync()}:/usr/local/bin/kiln:ro",
                "--volume", $"{place.Path("context")}:/workspace:ro",
                "--volume", $"{place.Path("root")}:/builder",
                "--env", "KILN_ROOT=/builder",
                root, "/usr/local/bin/kiln", "build", "--registry-mirror", place.Registry, "--secret", "id=token,src=/workspace/token", "--destination", image,
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Contains("isolation: chroot", run.Error, StringComparison.Ordinal);
        Assert.Equal("bound\n9\nRead-only file system\nkept\n9\nNetwork is unreachable\n", run.Output);
        Assert.Equal(["srv/", "srv/done"], PushedImage.Entries((await PushedImage.FetchAsync(image, Token)).Layers[^1]).Select(entry => entry.Name));
        Assert.Empty(place.Remains());
    }
}
