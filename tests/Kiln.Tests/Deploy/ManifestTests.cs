// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kiln.Tests.ArchitectureRules;
using Xunit;

namespace Kiln.Tests.Deploy;

/// <summary>
/// Holds every example in `deploy` against a schema of its kind that knows no field but those that the system knows and the examples may need. What the systems
/// make of them is tried in Kiln.SystemTests.
/// </summary>
public sealed partial class ManifestTests
{
    /// <summary>The schemas of each file's documents, in their order.</summary>
    private static readonly Dictionary<string, string[]> Schemas = new()
    {
        ["deploy/argo/workflow-template.yaml"] = ["argo-workflow-template"],
        ["deploy/cloud-build/cloudbuild.yaml"] = ["cloudbuild"],
        ["deploy/github/workflow.yml"] = ["github-workflow"],
        ["deploy/gitlab/.gitlab-ci.yml"] = ["gitlab-ci"],
        ["deploy/gitlab/templates/build.yml"] = ["gitlab-component", "gitlab-ci"],
        ["deploy/jenkins/Jenkinsfile"] = ["jenkins-pod"],
        ["deploy/knative/build-template.yaml"] = ["knative-build-template"],
        ["deploy/kubernetes/job.yaml"] = ["job"],
        ["deploy/kubernetes/pod.yaml"] = ["pod"],
        ["deploy/shipwright/clusterbuildstrategy.yaml"] = ["shipwright-clusterbuildstrategy"],
        ["deploy/skaffold/skaffold.yaml"] = ["skaffold"],
        ["deploy/tekton/task.yaml"] = ["tekton-task"],
    };

    /// <summary>Objects whose names their author chooses, so that no name in them is misspelt: job names, variables, parameters.</summary>
    private static readonly string[] NamesAreFree = ["substitutions", "jobs", "env", "with", "variables", "inputs"];

    public static TheoryData<string> Files => [.. Schemas.Keys];

    [Fact]
    public void Every_example_has_a_schema() => Assert.Equal(
        Checkout.Files.Where(file => file.StartsWith("deploy/", StringComparison.Ordinal) && Path.GetExtension(file) != ".md"), Schemas.Keys);

    [Theory, MemberData(nameof(Files))]
    public void An_example_is_what_its_schema_asks_for(string file) =>
        Assert.All(Documents(file), document => Assert.Empty(document.Schema.Check(document.Node)));

    [Theory, MemberData(nameof(Files))]
    public void No_field_of_an_example_can_be_misspelt(string file) => Assert.All(Documents(file), document =>
        Assert.All(Misspellings(document.Node, isFree: document.Name is "gitlab-ci"), misspelt =>
        {
            misspelt.Apply();
            IReadOnlyList<string> faults = document.Schema.Check(document.Node);
            misspelt.Undo();
            Assert.Contains(faults, fault => fault.Contains($"`{misspelt.Name}`", StringComparison.Ordinal));
        }));

    [Theory, MemberData(nameof(Files))]
    public void What_is_mounted_is_a_volume(string file) => Assert.All(Documents(file), document =>
    {
        HashSet<string> volumes = [.. Objects(document.Node).SelectMany(fields => Elements(fields, "volumes")).Select(volume => (string)volume["name"]!)];
        IEnumerable<string> mounted = Objects(document.Node).SelectMany(fields => Elements(fields, "volumeMounts")).Select(mount => (string)mount["name"]!);

        Assert.Subset(volumes, mounted.ToHashSet());
    });

    [Theory]
    [InlineData("deploy/kubernetes/job.yaml")]
    [InlineData("deploy/argo/workflow-template.yaml")]
    public void What_says_so_passes_the_restricted_standard(string file)
    {
        JsonNode document = Documents(file).Single().Node!;
        JsonObject pod = Objects(document).Single(fields => fields["securityContext"]?["runAsNonRoot"] is not null)["securityContext"]!.AsObject();
        JsonObject[] containers = [.. Objects(document).Where(fields => fields.ContainsKey("image"))];

        Assert.True((bool)pod["runAsNonRoot"]!);
        Assert.Equal("RuntimeDefault", (string)pod["seccompProfile"]!["type"]!);
        Assert.NotEmpty(containers);
        Assert.All(containers, container =>
        {
            Assert.False((bool)container["securityContext"]!["allowPrivilegeEscalation"]!);
            Assert.Equal("""{"drop":["ALL"]}""", container["securityContext"]!["capabilities"]!.ToJsonString());
        });
    }

    [Fact]
    public void The_job_of_the_README_is_the_file() =>
        Assert.Contains($"```yaml\n{Checkout.Read("deploy/kubernetes/job.yaml")}```\n", Checkout.Read("README.md"), StringComparison.Ordinal);

    [Theory]
    [InlineData("docs/guide/ci-systems.md")]
    [InlineData("deploy/README.md")]
    public void A_page_about_the_examples_names_all_of_them(string page) => Assert.All(
        Schemas.Keys, file => Assert.Contains($"]({Path.GetRelativePath(Path.GetDirectoryName(page)!, file)})", Checkout.Read(page), StringComparison.Ordinal));

    private static IEnumerable<(string Name, Schema Schema, JsonNode? Node)> Documents(string file)
    {
        string text = Checkout.Read(file);
        if (Path.GetFileName(file) == "Jenkinsfile")
            text = PodOfPipeline().Match(text).Groups["pod"].Value;
        IReadOnlyList<JsonNode?> documents = YamlText.Read(text);
        Assert.Equal(Schemas[file].Length, documents.Count);
        return Schemas[file].Zip(documents, (name, document) => (name, Schema.Load(Checkout.Full($"tests/Kiln.Tests/Deploy/schemas/{name}.json")), document));
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject fields => fields.SelectMany(pair => Objects(pair.Value)).Prepend(fields),
        JsonArray elements => elements.SelectMany(Objects),
        _ => [],
    };

    private static IEnumerable<JsonNode> Elements(JsonObject fields, string name) => (fields[name] as JsonArray ?? []).Select(element => element!);

    private static IReadOnlyList<Misspelling> Misspellings(JsonNode? node, bool isFree) => node switch
    {
        JsonObject fields => [
            .. isFree ? [] : fields.Select(pair => new Misspelling(fields, pair.Key)).ToArray(),
            .. fields.ToArray().SelectMany(pair => Misspellings(pair.Value, NamesAreFree.Contains(pair.Key) && pair.Value is JsonObject)),
        ],
        JsonArray elements => [.. elements.SelectMany(element => Misspellings(element, isFree: false))],
        _ => [],
    };

    [GeneratedRegex("yaml '''\n(?<pod>.*?)'''", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex PodOfPipeline();

    /// <summary>A field under a name that has a letter too many.</summary>
    private sealed class Misspelling(JsonObject fields, string name)
    {
        public string Name => name + "x";

        public void Apply() => Rename(name, Name);

        public void Undo() => Rename(Name, name);

        private void Rename(string from, string to)
        {
            JsonNode? value = fields[from];
            fields.Remove(from);
            fields.Add(to, value);
        }
    }
}
