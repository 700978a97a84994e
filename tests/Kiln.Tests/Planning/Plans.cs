// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;
using Xunit;

namespace Kiln.Tests.Planning;

/// <summary>Short ways to plan.</summary>
internal static class Plans
{
    public static readonly PlanOptions Options = new() { BuildPlatform = new Platform("linux", "amd64") };

    /// <summary>The plan of a Dockerfile, whose images are <see cref="BaseImages"/> unless they are given.</summary>
    public static BuildPlan Of(string dockerfile, PlanOptions? options = null, Func<ImageSource, ImageConfig>? images = null)
    {
        DockerfileDocument document = DockerfileParser.Parse(new SourceText("Dockerfile", dockerfile));
        var planner = new BuildPlanner(document, options ?? Options, PlanLint.Begin(document, options ?? Options));
        while (planner.FindMissingImages() is { Count: > 0 } missing)
            foreach ((SourceReference image, _) in missing)
                planner.Supply(image, image is ImageSource pulled ? (images ?? BaseImages.Find)(pulled) : BaseImages.Image(new ContainerConfig()));
        return planner.Complete();
    }

    /// <summary>The last stage of instructions behind `FROM conf-base:1`.</summary>
    public static StagePlan Below(string instructions, PlanOptions? options = null) => Of("FROM conf-base:1\n" + instructions, options).Target;

    public static IReadOnlyList<string> HistoryOf(string instructions, PlanOptions? options = null) =>
        [.. Below(instructions, options).Steps.Select(s => s.CreatedBy)];

    /// <summary>The only step of a kind.</summary>
    public static T Only<T>(string instructions, PlanOptions? options = null)
        where T : BuildStep => Assert.Single(Below(instructions, options).Steps.OfType<T>());

    public static Diagnostic Error(string dockerfile, PlanOptions? options = null) =>
        Assert.Throws<BuildException>(() => Of(dockerfile, options)).Diagnostic;

    public static Diagnostic ErrorBelow(string instructions, PlanOptions? options = null) => Error("FROM conf-base:1\n" + instructions, options);

    public static PlanOptions WithArgs(params string[] args) =>
        Options with { BuildArgs = [.. args.Select(a => KeyValuePair.Create(a[..a.IndexOf('=')], a[(a.IndexOf('=') + 1)..]))] };
}
