// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>Holds plans against the images that Docker made of the same Dockerfiles: configuration, author, platform, history.</summary>
public sealed class ConformancePlanTests
{
    /// <summary>What is known only when files are copied and commands run.</summary>
    private static readonly string[] OfTheBuild =
    [
        "err-add-missing", "err-add-tar-onto-file", "err-copy-chmod", "err-copy-directory-to-file", "err-copy-from-missing",
        "err-copy-ignored", "err-copy-missing", "err-ignore-pattern", "err-missing-dockerfile", "err-mount-secret-required", "err-mount-target", "err-onbuild-fails",
        "err-run-exec-missing", "err-run-heredoc", "err-run-status", "err-run-unknown-user", "err-workdir-file",
    ];

    [Fact]
    public void Plans_say_what_the_images_of_Docker_say()
    {
        var differences = new List<string>();
        int compared = 0;
        foreach (string name in ConformanceCase.Names())
        {
            ConformanceCase given = ConformanceCase.Read(name);
            JsonElement expected = ConformanceCase.ReadExpected(name);
            if (expected.TryGetProperty("refused", out _) || !given.HasDockerfile)
                continue;
            try
            {
                string docker = Describe(expected), ours = Describe(Plans.Of(given.Dockerfile, OptionsOf(given)));
                if (docker != ours)
                    differences.Add($"{name}\ndocker {docker}\nours   {ours}");
                compared++;
            }
            catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.NotSupported)
            {
                // What is refused as not supported cannot be compared. The count below tells that it is little.
            }
            catch (BuildException e)
            {
                differences.Add($"{name}: {e.Message}");
            }
        }
        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
        Assert.True(compared > 250, $"{compared} were compared");
    }

    [Fact]
    public void What_Docker_refuses_is_refused_in_its_words_or_is_the_build_s_to_refuse()
    {
        var accepted = new List<string>();
        foreach (string name in ConformanceCase.Names().Where(n => n.StartsWith("err-", StringComparison.Ordinal)))
        {
            ConformanceCase given = ConformanceCase.Read(name);
            try
            {
                Plans.Of(given.Dockerfile, OptionsOf(given));
                accepted.Add(name);
            }
            catch (BuildException e)
            {
                string output = $"line {e.Diagnostic.Span?.Line}: {e.Message}\n{e.Diagnostic.Hint}";
                Assert.True(Regex.IsMatch(output, given.Text("error")!, RegexOptions.IgnoreCase | RegexOptions.Singleline), $"{name}: {output}");
            }
        }
        Assert.Equal(string.Join('\n', OfTheBuild), string.Join('\n', accepted));
    }

    private static PlanOptions OptionsOf(ConformanceCase given) => Plans.Options with
    {
        BuildArgs = [.. given.Map("args")],
        Labels = [.. given.Map("labels")],
        Target = given.Text("target"),
        Platform = given.Text("platform") is { } text && Platform.TryParse(text, Plans.Options.BuildPlatform, out Platform? platform) ? platform : null,
        NamedContexts = new NamedContexts(given.Map("contexts")),
    };

    private static string Describe(JsonElement expected) => string.Join('\n',
    [
        Canonical(expected.GetProperty("config")), expected.GetProperty("author").GetString(), expected.GetProperty("platform").GetString(),
        .. expected.GetProperty("history").EnumerateArray()
            .Select(h => $"{(h.GetProperty("empty").GetBoolean() ? "empty" : "layer")} {h.GetProperty("by").GetString()}"),
    ]);

    private static string Describe(BuildPlan plan)
    {
        StagePlan stage = plan.Target;
        JsonElement config = JsonDocument.Parse(stage.Config.ToDocument(ImageFormat.Docker).Content).RootElement.GetProperty("config");
        return string.Join('\n',
        [
            Canonical(config), stage.Config.Author ?? "", string.Join('/',
                new[] { stage.Config.Os, stage.Config.Architecture, stage.Config.Variant }.Where(p => !string.IsNullOrEmpty(p))),
            .. stage.Config.History.Select(h => $"{(h.EmptyLayer ? "empty" : "layer")} {h.CreatedBy}"),
            .. StepsOf(plan, stage).Select(s => $"{(s is MetadataStep ? "empty" : "layer")} {s.CreatedBy}"),
        ]);
    }

    /// <summary>The steps that made a stage's file system, those of the stages that it starts from first.</summary>
    private static IEnumerable<BuildStep> StepsOf(BuildPlan plan, StagePlan stage) =>
        stage.Base is StageSource parent ? StepsOf(plan, plan.Stages.Single(s => s.Index == parent.Index)).Concat(stage.Steps) : stage.Steps;

    /// <summary>Without what is empty, and without `ArgsEscaped`, which the recordings leave out.</summary>
    private static string Canonical(JsonElement config) => string.Join(' ', config.EnumerateObject()
        .Where(p => p.Name != "ArgsEscaped" && p.Value.GetRawText() is not ("\"\"" or "[]" or "{}" or "false" or "null"))
        .OrderBy(p => p.Name, StringComparer.Ordinal)
        .Select(p => $"{p.Name}={Compact(p.Value)}"));

    private static string Compact(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}:{Compact(p.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Compact))}]",
        JsonValueKind.String => $"\"{value.GetString()}\"",
        _ => value.GetRawText(),
    };
}
