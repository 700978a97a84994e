// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Images;
using Kiln.SystemTests.Registry;
using Kiln.Tests.Deploy;
using Xunit;

namespace Kiln.SystemTests.Deploy;

/// <summary>The examples for CI systems: their variables, their shells, and the directories that their runners mount.</summary>
public sealed partial class CiExampleTests(BuildWorld world, ExecutorImage image)
{
    private const string Project = "/builds/team/app";

    /// <summary>A runner's way to a shell, whichever the image has.</summary>
    private const string FindShell = "for shell in /usr/local/bin/bash /usr/bin/bash /bin/bash /usr/local/bin/sh /usr/bin/sh /bin/sh /busybox/sh; do [ -x $shell ] && exec $shell; done; exit 1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GitLabs_job_needs_no_login()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);

        KilnRun run = await RunGitLabAsync(place, place.Read("gitlab/.gitlab-ci.yml")["build-image"]!);

        string digest = await place.CheckAsync(run, "team/app:0123abcd", "chroot", Token);
        Assert.Equal(digest, await File.ReadAllTextAsync(Path.Combine(place.Context, "digest.txt"), Token));
    }

    [Theory]
    [InlineData("0123abcd")]
    [InlineData("nightly", "destination=$CI_REGISTRY_IMAGE:nightly", "flags=--label=of=gitlab --reproducible")]
    public async Task GitLabs_component_takes_its_inputs(string tag, params string[] inputs)
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        IReadOnlyList<JsonNode?> documents = YamlText.Read(place.Text("gitlab/templates/build.yml"));
        var values = documents[0]!["spec"]!["inputs"]!.AsObject().ToDictionary(input => $"$[[ inputs.{input.Key} ]]", input => (string)input.Value!["default"]!);
        foreach (string[] input in inputs.Select(input => input.Split('=', 2)))
            values[$"$[[ inputs.{input[0]} ]]"] = input[1];
        Assert.Equal("build-image", Substitution.In(documents[1]!.AsObject().Single().Key, values));

        KilnRun run = await RunGitLabAsync(place, Substitution.In(documents[1]!.AsObject().Single().Value, values)!);

        string digest = await place.CheckAsync(run, $"team/app:{tag}", "chroot", Token);
        Assert.Equal($"{place.Registry}/team/app:{tag}@{digest}\n", await File.ReadAllTextAsync(Path.Combine(place.Context, "image.txt"), Token));
    }

    [Fact]
    public async Task Jenkins_calls_a_container_that_waits()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        string pipeline = place.Text("jenkins/Jenkinsfile");
        JsonNode pod = YamlText.Read(Pod().Match(pipeline).Groups["text"].Value).Single()!["spec"]!;
        CallerContainer container = PodContainer.Read(pod["containers"]![0]!, pod, place);
        const string workspace = "/home/jenkins/agent/workspace/app";
        container.Mounts[workspace] = place.Context;
        string shell = Shell().Match(pipeline).Groups["text"].Value;

        KilnRun run = await place.ExecAsync(
            container,
            ["--workdir", workspace, "--env", $"WORKSPACE={workspace}", "--env", "BUILD_NUMBER=7", "--", shell, "-xe", "-c", Step().Match(pipeline).Groups["text"].Value],
            Token);

        string digest = await place.CheckAsync(run, "team/app:7", "chroot", Token);
        Assert.Equal(digest, await File.ReadAllTextAsync(Path.Combine(place.Context, Artifact().Match(pipeline).Groups["text"].Value), Token));
    }

    [Fact]
    public async Task Cloud_Builds_step_lists_its_images()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        JsonNode config = place.Read("cloud-build/cloudbuild.yaml", ("us-docker.pkg.dev", place.Registry));
        string name = ((string)config["substitutions"]!["_IMAGE"]!).Replace("${PROJECT_ID}", "project", StringComparison.Ordinal);
        JsonNode step = Substitution.In(config["steps"]!.AsArray().Single(), new Dictionary<string, string> { ["${_IMAGE}"] = name, ["$BUILD_ID"] = "b-1" })!;
        string outputs = place.NewDirectory();
        var container = new CallerContainer
        {
            Image = (string)step["name"]!,
            Arguments = [.. step["args"]!.AsArray().Select(word => (string)word!)],
            WorkingDirectory = "/workspace",
            Environment = new() { ["HOME"] = "/builder/home", ["BUILDER_OUTPUT"] = "/builder/outputs" },
            Mounts = new() { ["/workspace"] = place.Context, ["/builder/home"] = place.NewCredentials(".docker/config.json"), ["/builder/outputs"] = outputs },
        };

        KilnRun run = await place.RunAsync(container, Token);

        string digest = await place.CheckAsync(run, "project/images/app:b-1", "chroot", Token);
        JsonElement listed = JsonDocument.Parse((await File.ReadAllTextAsync(Path.Combine(outputs, "images"), Token)).Trim()).RootElement;
        Assert.Equal(digest, listed.GetProperty("digest").GetString());
        Assert.Contains("project/images/app", listed.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitHubs_step_is_a_container_and_the_next_one_reads_what_it_left()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        JsonArray steps = Substitution.In(
            place.Read("github/workflow.yml", ("ghcr.io", place.Registry))["jobs"]!["build"]!["steps"],
            new Dictionary<string, string> { ["${{ github.repository }}"] = "team/app", ["${{ github.sha }}"] = "0123abcd", ["${{ secrets.GITHUB_TOKEN }}"] = "ghs-token" })!.AsArray();
        JsonNode build = steps[1]!;
        var container = new CallerContainer
        {
            Image = ((string)build["uses"]!)["docker://".Length..],
            Arguments = ((string)build["with"]!["args"]!).Split(' ', StringSplitOptions.RemoveEmptyEntries),
            WorkingDirectory = "/github/workspace",
            Environment = new() { ["HOME"] = "/github/home", ["GITHUB_ACTIONS"] = "true", ["GITHUB_ACTOR"] = "octocat", ["GITHUB_TOKEN"] = (string)build["env"]!["GITHUB_TOKEN"]! },
            // The token is a login to GitHub's registry alone; for the one here there is a file.
            Mounts = new() { ["/github/workspace"] = place.Context, ["/github/home"] = place.NewCredentials(".docker/config.json") },
        };

        KilnRun run = await place.RunAsync(container, Token);

        string digest = await place.CheckAsync(run, "team/app:0123abcd", "chroot", Token);
        string summary = place.NewFile();
        await Programs.RunAsync(["env", "--chdir", place.Context, $"GITHUB_STEP_SUMMARY={summary}", "bash", "-e", "-c", (string)steps[2]!["run"]!], Token);
        Assert.Equal($"{place.Registry}/team/app@{digest}\n", await File.ReadAllTextAsync(summary, Token));
    }

    /// <summary>The runner's own way: a shell of the image reads the job's lines.</summary>
    private static Task<KilnRun> RunGitLabAsync(ExamplePlace place, JsonNode job)
    {
        Assert.Equal("""[""]""", job["image"]!["entrypoint"]!.ToJsonString());
        var container = new CallerContainer
        {
            Image = (string)job["image"]!["name"]!,
            Command = [],
            Arguments = ["sh", "-c", FindShell],
            WorkingDirectory = "/",
            Environment = new(place.RegistryVariables)
            {
                ["CI"] = "true",
                ["GITLAB_CI"] = "true",
                ["CI_PROJECT_DIR"] = Project,
                ["CI_REGISTRY_IMAGE"] = $"{place.Registry}/team/app",
                ["CI_COMMIT_SHORT_SHA"] = "0123abcd",
            },
            Mounts = new() { [Project] = place.Context },
        };
        return place.RunAsync(container, $"set -eo pipefail\ncd {Project}\n{string.Join('\n', job["script"]!.AsArray())}\n", Token);
    }

    [GeneratedRegex("yaml '''\n(?<text>.*?)'''", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Pod();

    [GeneratedRegex("sh '''(?<text>.*?)'''", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Step();

    [GeneratedRegex("shell: '(?<text>.*?)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Shell();

    [GeneratedRegex("archiveArtifacts '(?<text>.*?)'", RegexOptions.ExplicitCapture)]
    private static partial Regex Artifact();
}
