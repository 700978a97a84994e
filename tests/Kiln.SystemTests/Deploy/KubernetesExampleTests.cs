// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Images;
using Kiln.Tests.Contexts;
using Xunit;

namespace Kiln.SystemTests.Deploy;

/// <summary>The examples that are pods, and the pod that Skaffold makes of its.</summary>
public sealed class KubernetesExampleTests(BuildWorld world, ExecutorImage image)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_job_builds_a_repository_where_nothing_is_permitted()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        await using var origin = new GitOrigin();
        origin.Create("app", "name", "built\n");
        origin.Commit("app", "Dockerfile", place.Dockerfile);
        JsonNode pod = place.Read("kubernetes/job.yaml", ("git.example.com/team/app.git", $"{origin.Web.Address}/app.git"))["spec"]!["template"]!["spec"]!;
        CallerContainer container = PodContainer.Read(pod["containers"]![0]!, pod, place);
        string message = container.Mounts["/dev/termination-log"] = place.NewFile();
        container.Environment["GIT_PULL_METHOD"] = "http";

        KilnRun run = await place.RunAsync(container, Token);

        string digest = await place.CheckAsync(run, "team/app:1", "supervised", Token);
        Assert.Equal(digest, await File.ReadAllTextAsync(message, Token));
    }

    [Fact]
    public async Task The_pod_builds_a_volume_and_keeps_what_it_learned()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        JsonNode pod = place.Read("kubernetes/pod.yaml")["spec"]!;
        CallerContainer container = PodContainer.Read(pod["containers"]![0]!, pod, place);
        string message = container.Mounts["/dev/termination-log"] = place.NewFile();

        KilnRun run = await place.RunAsync(container, Token);
        KilnRun again = await place.RunAsync(container, Token);

        string digest = await place.CheckAsync(run, "team/app:1", "chroot", Token);
        Assert.Equal(digest, await File.ReadAllTextAsync(message, Token));
        Assert.Equal("built\n", run.Output);
        Assert.True(again.Status == 0, again.All);
        Assert.Equal("", again.Output);
    }

    /// <summary>Skaffold sends the context into a volume below /kaniko, and reads the digest as the container's last words.</summary>
    [Fact]
    public async Task Skaffolds_pod_builds_with_the_image_in_place_of_kanikos()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        JsonNode build = place.Read("skaffold/skaffold.yaml")["build"]!, artifact = build["artifacts"]![0]!, kaniko = artifact["kaniko"]!, cluster = build["cluster"]!;
        var secret = new JsonObject { ["name"] = "docker-cfg", ["secret"] = new JsonObject { ["secretName"] = (string)cluster["dockerConfig"]!["secretName"]! } };
        var pod = new JsonObject { ["volumes"] = new JsonArray([secret, .. ((JsonArray)cluster["volumes"]!).Select(volume => volume!.DeepClone())]) };
        var made = new JsonObject
        {
            ["image"] = (string)kaniko["image"]!,
            ["args"] = new JsonArray(
                "--destination", $"{artifact["image"]}:v1", "--dockerfile", (string)kaniko["dockerfile"]!, "--context", "dir:///kaniko/buildcontext",
                "--cache", "--cache-repo", (string)kaniko["cache"]!["repo"]!, "--digest-file", "/dev/termination-log"),
            ["volumeMounts"] = new JsonArray(
                [new JsonObject { ["name"] = "docker-cfg", ["mountPath"] = "/kaniko/.docker" }, .. ((JsonArray)kaniko["volumeMounts"]!).Select(mount => mount!.DeepClone())]),
        };
        CallerContainer container = PodContainer.Read(made, pod, place);
        string message = container.Mounts["/dev/termination-log"] = place.NewFile();
        container.Mounts["/kaniko/buildcontext"] = place.Context;
        container.Environment["UPSTREAM_CLIENT_TYPE"] = "UpstreamClient(skaffold-v2)";

        KilnRun run = await place.RunAsync(container, Token);

        Assert.Equal(await place.CheckAsync(run, "team/app:v1", "chroot", Token), await File.ReadAllTextAsync(message, Token));
    }
}
