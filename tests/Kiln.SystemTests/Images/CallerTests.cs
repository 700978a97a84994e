// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Contexts;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Contexts;
using Xunit;

namespace Kiln.SystemTests.Images;

/// <summary>The executor image as those systems start it that were made for kaniko's: their mounts, working directories, arguments and shells.</summary>
public sealed class CallerTests(BuildWorld world, ExecutorImage image)
{
    private const string MadeOf = "FROM base\nCOPY name /srv/name\nRUN cat /srv/name && ls /kaniko /busybox /var/run/argo 2>&1 | grep -c 'No such'";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>GitLab's and Jenkins' way: a container that is kept alive, in which a shell writes the credentials and builds, one job after the other or several at once.</summary>
    [Fact]
    public async Task A_container_that_is_kept_builds_again_and_at_the_same_time()
    {
        await using DockerRegistry guarded = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("robot", "pass") }, Token);
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        Directory.CreateDirectory(place.ContextPath("two"));
        place.Write("one/name", "one\n");
        place.Write("two/name", "two\n");
        place.Write("one/Dockerfile", MadeOf);
        place.Write("two/Dockerfile", MadeOf + " && rm /srv/keep");
        string container = Path.GetFileName(place.Root);
        string Script(string job) => $"""
            mkdir -p /kaniko/.docker
            echo '{Credentials(guarded)}' > /kaniko/.docker/config.json
            cd /builds/project/{job} && /kaniko/executor --context "$PWD" --dockerfile "$PWD/Dockerfile" --cleanup --registry-mirror {place.Registry} --insecure-pull --destination {guarded.Address}/{job}:1
            """;

        KilnRun kept = await podman.RunAsync(["--detach", "--interactive", "--name", container, "--entrypoint", "/busybox/cat", "--volume", $"{place.Path("context")}:/builds/project", ExecutorImage.Debug], Token);
        Assert.True(kept.Status == 0, kept.All);
        KilnRun first = await podman.CallAsync(["exec", container, "/busybox/sh", "-c", Script("one")], Token);
        KilnRun[] both = await Task.WhenAll(
            podman.CallAsync(["exec", container, "sh", "-c", Script("one")], Token), podman.CallAsync(["exec", container, "/bin/sh", "-c", Script("two")], Token));
        KilnRun left = await podman.CallAsync(["exec", container, "sh", "-c", "ls /kiln/builds | grep -v lock; ls -A /workspace; find / -xdev -newer /kaniko/.docker/config.json -type f | grep -v -e ^/kaniko/.docker -e ^/tmp/"], Token);
        await podman.CallAsync(["rm", "--force", "--time", "0", container], Token);

        Assert.All(both.Prepend(first), run => Assert.True(run.Status == 0, run.All));
        Assert.Equal(["one\n3\n", "one\n3\n", "two\n3\n"], both.Prepend(first).Select(run => run.Output));
        Assert.Equal("", left.Output);
    }

    /// <summary>Skaffold's pod, and Tekton's step: a context below /kaniko, a read-only secret, the digest as the container's last words, words that are empty.</summary>
    [Fact]
    public async Task The_termination_message_is_the_digest()
    {
        await using DockerRegistry guarded = await DockerRegistry.StartAsync(new DockerRegistryOptions { User = ("robot", "pass") }, Token);
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        place.Write("name", "name\n");
        place.Dockerfile(MadeOf);
        await File.WriteAllTextAsync(place.Path("config.json"), Credentials(guarded), Token);
        await File.WriteAllTextAsync(place.Path("message"), "", Token);
        Directory.CreateDirectory(place.Path("results"));

        KilnRun run = await podman.RunAsync(
            [
                .. Podman.DockersRestrictions, "--read-only", "--workdir", "/kaniko/buildcontext", "--volume", $"{place.Path("context")}:/kaniko/buildcontext",
                "--volume", $"{place.Path("config.json")}:/kaniko/.docker/config.json:ro", "--volume", $"{place.Path("message")}:/dev/termination-log", "--volume", $"{place.Path("results")}:/tekton/results",
                ExecutorImage.Plain, "", "--dockerfile=./Dockerfile", "--context=dir:///kaniko/buildcontext/./", $"--destination={guarded.Address}/app:1", "--registry-mirror", place.Registry,
                "--insecure-registry", guarded.Address, "--target", "", "--cleanup", "--force", "--digest-file", "/dev/termination-log", "--image-fs-extract-retry", "1", "--image-name-with-digest-file",
                "/tekton/results/IMAGE_URL", "--reproducible", "--single-snapshot", "--skip-tls-verify", "--skip-unused-stages", "--snapshot-mode", "redo", "--use-new-run", "--verbosity", "info",
                "--whitelist-var-run", "--log-format", "text", "--log-timestamp", "--ignore-path", "/product_uuid", "--label", "a=b", "--push-retry", "2", "--tarPath", "/tekton/results/image.tar", "--cache=true", "--cache-copy-layers", "--cache-run-layers=true", "",
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        string digest = await File.ReadAllTextAsync(place.Path("message"), Token);
        Assert.Matches("^sha256:[0-9a-f]{64}$", digest);
        Assert.Equal($"{guarded.Address}/app@{digest}\n", await File.ReadAllTextAsync(place.Path("results/IMAGE_URL"), Token));
        Assert.True(File.Exists(place.Path("results/image.tar")));
        Assert.Equal("name\n3\n", run.Output);
    }

    /// <summary>Argo's emissary lies in /var/run and starts the executor; the context comes over git, from a server that wants a token; the image has no shell that could help.</summary>
    [Theory]
    [InlineData(ExecutorImage.Plain)]
    [InlineData(ExecutorImage.Debug)]
    public async Task A_repository_is_fetched_with_and_without_a_shell(string executor)
    {
        await using var origin = new GitOrigin();
        await using var other = new GitOrigin();
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        string destination = place.NewDestination();
        other.Create("name", "name", "of a submodule\n");
        origin.Create("app", "Dockerfile", "FROM base\nCOPY . /srv/app\nRUN cat /srv/app/sub/name && ls /var/run/argo 2>&1 | grep -o 'No such'");
        origin.Git("app", "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", $"http://{other.Web.Address}/name.git", "sub");
        origin.CommitAll("app");
        (origin.User, origin.Password) = ("s3cret-token", "");
        Directory.CreateDirectory(place.Path("argo"));
        File.Copy("/usr/bin/busybox", place.Path("argo/busybox"));

        KilnRun run = await podman.RunAsync(
            [
                "--volume", $"{place.Path("argo")}:/var/run/argo:ro", "--entrypoint", "/var/run/argo/busybox", "--env", "GIT_TOKEN=s3cret-token", "--env", "GIT_PULL_METHOD=http", executor,
                "env", "/kaniko/executor", "--context", $"git://{origin.Web.Address}/app.git#refs/heads/main", "--git", "recurse-submodules=true", "--registry-mirror", place.Registry, "--destination", destination,
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("of a submodule\nNo such\n", run.Output);
        Assert.DoesNotContain("s3cret", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_behind_ssh_is_opened_by_a_mounted_key()
    {
        Assert.SkipUnless(Programs.Has("sshd") && Environment.IsPrivilegedProcess, "sshd is not installed, or the tests are not root's");
        await using var origin = new GitOrigin();
        await using SshServer server = await SshServer.StartAsync(Token);
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        origin.Create("app", "Dockerfile", "FROM scratch\nCOPY . /");
        await File.WriteAllTextAsync(place.Path("known_hosts"), server.KnownHost, Token);

        KilnRun run = await podman.RunAsync(
            [
                "--volume", $"{server.ClientKey}:/root/.ssh/id_ed25519:ro", "--volume", $"{place.Path("known_hosts")}:/root/.ssh/known_hosts:ro", ExecutorImage.Plain,
                "--context", $"ssh://root@127.0.0.1:{server.Port.ToString(CultureInfo.InvariantCulture)}{origin.InRepository("app", "")}", "--no-push",
            ],
            Token);

        Assert.True(run.Status == 0, run.All);
    }

    /// <summary>As Jenkins' examples have it, with the credentials in root's home.</summary>
    [Fact]
    public async Task A_context_comes_through_the_standard_input_and_a_further_authority_is_trusted()
    {
        await using DockerRegistry tls = await DockerRegistry.StartAsync(new DockerRegistryOptions { Tls = true, User = ("robot", "pass") }, Token);
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        place.Write("name", "name\n");
        place.Dockerfile(MadeOf);
        await File.WriteAllTextAsync(place.Path("config.json"), Credentials(tls), Token);
        await Programs.RunAsync(["tar", "-C", place.Path("context"), "-czf", place.Path("context.tar.gz"), "."], Token);
        string[] flags = ["--interactive", "--volume", $"{place.Path("config.json")}:/root/.docker/config.json:ro"];
        string[] arguments = [ExecutorImage.Plain, "--context", "tar://stdin", "--registry-mirror", place.Registry, "--insecure-pull", "--destination", $"{tls.Address}/app:1"];

        KilnRun refused = await podman.RunAsync([.. flags, .. arguments], Token, input: place.Path("context.tar.gz"));
        KilnRun run = await podman.RunAsync(
            [.. flags, "--volume", $"{tls.CertificateFile}:/kaniko/ssl/certs/additional-ca-cert-bundle.crt:ro", .. arguments], Token, input: place.Path("context.tar.gz"));

        Assert.True(run.Status == 0, run.All);
        Assert.Equal("name\n3\n", run.Output);
        Assert.Equal(1, refused.Status);
        Assert.Contains("certificate", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>The first process of a container is sent signals that it does not expect in vain; a pod that is deleted sends one.</summary>
    [Fact]
    public async Task A_container_that_is_stopped_ends_by_itself()
    {
        using BuildPlace place = await world.NewPlaceAsync();
        Podman podman = await image.OpenAsync(world, Token);
        string container = Path.GetFileName(place.Root);
        place.Dockerfile("FROM base\nRUN echo begun && sleep 1000");

        Task<KilnRun> running = podman.RunAsync(["--name", container, "--volume", $"{place.Path("context")}:/workspace", ExecutorImage.Plain, "--registry-mirror", place.Registry, "--no-push"], Token);
        while (!running.IsCompleted && !(await podman.CallAsync(["logs", container], Token)).Output.Contains("begun", StringComparison.Ordinal))
            await Task.Delay(50, Token);
        await podman.CallAsync(["kill", "--signal", "TERM", container], Token);
        KilnRun run = await running;

        Assert.Equal(143, run.Status);
        Assert.Contains("stopped by a signal", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_image_says_what_callers_read_and_has_no_shell()
    {
        Podman podman = await image.OpenAsync(world, Token);

        KilnRun inspected = await podman.CallAsync(["image", "inspect", "--format", "{{json .Config}}", ExecutorImage.Plain], Token);
        KilnRun shell = await podman.RunAsync(["--entrypoint", "/bin/sh", ExecutorImage.Plain, "-c", "true"], Token);
        KilnRun inside = await podman.RunAsync(
            ["--entrypoint", "/busybox/sh", ExecutorImage.Debug, "-c", "stat -c '%a %n' /kaniko /kaniko/.docker /kiln /workspace; readlink /kaniko/warmer; readlink /bin/sh; executor version; warmer --help | grep -c cache-dir; kiln doctor | grep 'root directory'; grep -c BEGIN /etc/ssl/certs/ca-certificates.crt"],
            Token);

        JsonElement config = JsonDocument.Parse(inspected.Output).RootElement;
        Assert.Equal("/kaniko/executor", config.GetProperty("Entrypoint")[0].GetString());
        Assert.False(config.TryGetProperty("Cmd", out _));
        Assert.Equal("/workspace", config.GetProperty("WorkingDir").GetString());
        Assert.Equal(
            ["DOCKER_CONFIG=/kaniko/.docker/", "GIT_SSL_CAPATH=/kaniko/ssl/certs", "HOME=/root", "PATH=/usr/local/bin:/kaniko:/usr/bin", "SSL_CERT_DIR=/kaniko/ssl/certs", "USER=root"],
            config.GetProperty("Env").EnumerateArray().Select(variable => variable.GetString()!).Order());
        Assert.NotEqual("", config.GetProperty("Labels").GetProperty("org.opencontainers.image.version").GetString());
        Assert.NotEqual(0, shell.Status);
        string[] lines = inside.Output.Split('\n');
        Assert.Equal(["777 /kaniko", "777 /kaniko/.docker", "1777 /kiln", "777 /workspace", "executor", "/busybox/sh"], lines[..6]);
        Assert.Matches(@"^\d+\.\d+", lines[6]);
        Assert.Contains("/kiln, on ", lines[8], StringComparison.Ordinal);
        Assert.True(int.Parse(lines[9], null) > 50, inside.All);
    }

    private static string Credentials(DockerRegistry registry) =>
        JsonSerializer.Serialize(new { auths = new Dictionary<string, object> { [registry.Address] = new { auth = Convert.ToBase64String("robot:pass"u8) } } });
}
