// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Kiln.SystemTests.Build;
using Kiln.SystemTests.Images;
using Kiln.Tests.Contexts;
using Xunit;

namespace Kiln.SystemTests.Deploy;

/// <summary>The examples for what makes pods of steps: parameters are put in as the system does, its own directories are mounted, its results are read.</summary>
public sealed class PipelineExampleTests(BuildWorld world, ExecutorImage image)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Once with the workspace `dockerconfig`, once with the service account's credentials, which Tekton copies into HOME.</summary>
    [Theory]
    [InlineData("/kaniko/.docker")]
    [InlineData("/root/.docker")]
    public async Task Tektons_task_builds_and_says_what_it_made(string credentials)
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        JsonNode spec = place.Read("tekton/task.yaml")["spec"]!;
        if (credentials == "/kaniko/.docker")
            Assert.Equal(credentials, (string?)spec["workspaces"]![1]!["mountPath"]);
        Dictionary<string, string> values = Defaults(spec["params"], "$(params.{0})");
        values["$(params.IMAGE)"] = $"{place.Registry}/team/app:tekton";
        values["$(workspaces.source.path)"] = "/workspace/source";
        foreach (JsonNode? result in (JsonArray)spec["results"]!)
            values[$"$(results.{result!["name"]}.path)"] = $"/tekton/results/{result["name"]}";
        JsonNode task = Substitution.In(spec, values, new Dictionary<string, string[]> { ["$(params.EXTRA_ARGS[*])"] = ["--label=of=tekton", ""] })!;
        string results = place.NewDirectory(), docker = place.NewCredentials();

        var runs = new List<KilnRun>();
        foreach (JsonNode? step in (JsonArray)task["steps"]!)
        {
            CallerContainer container = PodContainer.Read(step!, task, place);
            container.Mounts["/workspace/source"] = place.Context;
            container.Mounts["/tekton/results"] = results;
            container.Mounts[credentials] = docker;
            if ((string?)step!["script"] is { } script)
            {
                string scripts = place.NewDirectory();
                await File.WriteAllTextAsync(Path.Combine(scripts, "script"), script, Token);
                File.SetUnixFileMode(Path.Combine(scripts, "script"), (UnixFileMode)0b111_101_101);
                container.Mounts["/tekton/scripts"] = scripts;
                container = container with { Command = ["/tekton/scripts/script"] };
            }
            runs.Add(await place.RunAsync(container, Token));
        }

        string digest = await place.CheckAsync(runs[0], "team/app:tekton", "chroot", Token);
        Assert.All(runs, run => Assert.True(run.Status == 0, run.All));
        Assert.Equal(digest, await File.ReadAllTextAsync(Path.Combine(results, "IMAGE_DIGEST"), Token));
        Assert.Equal($"{place.Registry}/team/app:tekton", await File.ReadAllTextAsync(Path.Combine(results, "IMAGE_URL"), Token));
    }

    [Fact]
    public async Task Knatives_template_builds_what_its_source_step_left()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        JsonNode spec = place.Read("knative/build-template.yaml")["spec"]!;
        Dictionary<string, string> values = Defaults(spec["parameters"], "${{{0}}}");
        values["${IMAGE}"] = $"{place.Registry}/team/app:knative";
        JsonNode template = Substitution.In(spec, values)!;
        CallerContainer container = PodContainer.Read(template["steps"]![0]!, template, place) with { WorkingDirectory = "/workspace" };
        container.Environment["HOME"] = "/builder/home";
        container.Mounts["/workspace"] = place.Context;
        container.Mounts["/builder/home"] = place.NewCredentials(".docker/config.json");

        KilnRun run = await place.RunAsync(container, Token);

        await place.CheckAsync(run, "team/app:knative", "chroot", Token);
    }

    [Theory]
    [InlineData("", "false")]
    [InlineData("last", "true", "--build-arg=WORD=said", "--label=of=shipwright")]
    public async Task Shipwrights_strategy_builds_as_the_strategys_user(string target, string insecure, params string[] flags)
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        await File.WriteAllTextAsync(Path.Combine(place.Context, "Dockerfile"), place.Dockerfile.Replace("base\n", "base AS last\n", StringComparison.Ordinal), Token);
        JsonNode spec = place.Read("shipwright/clusterbuildstrategy.yaml")["spec"]!;
        Dictionary<string, string> values = Defaults(spec["parameters"], "$(params.{0})");
        values["$(params.target)"] = target;
        values["$(params.shp-source-root)"] = values["$(params.shp-source-context)"] = "/workspace/source";
        values["$(params.shp-output-image)"] = $"{place.Registry}/team/app:shipwright";
        values["$(params.shp-output-insecure)"] = insecure;
        values["$(results.shp-image-digest.path)"] = "/tekton/results/shp-image-digest";
        JsonNode strategy = Substitution.In(spec, values, new Dictionary<string, string[]> { ["$(params.extra-args[*])"] = flags })!;
        CallerContainer container = PodContainer.Read(strategy["steps"]![0]!, strategy, place);
        string results = container.Mounts["/tekton/results"] = place.NewDirectory();
        container.Mounts["/workspace/source"] = place.Context;
        container.Mounts["/tekton/home"] = place.NewCredentials(".docker/config.json");

        KilnRun run = await place.RunAsync(container, Token);

        string digest = await place.CheckAsync(run, "team/app:shipwright", "supervised", Token);
        Assert.Equal(digest, await File.ReadAllTextAsync(Path.Combine(results, "shp-image-digest"), Token));
    }

    [Fact]
    public async Task Argos_template_builds_a_repository_and_gives_the_digest_back()
    {
        await using ExamplePlace place = await ExamplePlace.MakeAsync(world, image, Token);
        await using var origin = new GitOrigin();
        origin.Create("app", "name", "built\n");
        origin.Commit("app", "Dockerfile", place.Dockerfile);
        JsonNode spec = place.Read("argo/workflow-template.yaml", ("git.example.com/team/app.git", $"{origin.Web.Address}/app.git"))["spec"]!;
        JsonNode template = spec["templates"]!.AsArray().Single(one => (string)one!["name"]! == (string)spec["entrypoint"]!)!;
        JsonNode made = Substitution.In(template, Defaults(template["inputs"]!["parameters"], "{{{{inputs.parameters.{0}}}}}", "value"))!;
        made["securityContext"] = spec["securityContext"]!.DeepClone();
        CallerContainer container = PodContainer.Read(made["container"]!, made, place);
        container.Environment["GIT_PULL_METHOD"] = "http";
        string output = (string)made["outputs"]!["parameters"]![0]!["valueFrom"]!["path"]!;

        KilnRun run = await place.RunAsync(container, Token);

        string digest = await place.CheckAsync(run, "team/app:1", "supervised", Token);
        Assert.Equal(digest, await File.ReadAllTextAsync(Path.Combine(container.Mounts[Path.GetDirectoryName(output)!], Path.GetFileName(output)), Token));
    }

    private static Dictionary<string, string> Defaults(JsonNode? parameters, string form, string field = "default") => ((JsonArray)parameters!)
        .Where(parameter => parameter![field] is JsonValue)
        .ToDictionary(parameter => string.Format(null, form, (string)parameter!["name"]!), parameter => (string)parameter![field]!);
}
