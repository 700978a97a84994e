// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile;
using Kiln.Dockerfile.Lint;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Lint;
using Kiln.Planning.Sources;
using Kiln.Tests.Planning;
using Xunit;

namespace Kiln.Tests.Lint;

/// <summary>Short ways to check.</summary>
internal static class Lints
{
    public static readonly PlanOptions AllStages = Plans.Options with { AllStages = true };

    /// <summary>What is found in all stages, or as the options say. Images are <see cref="BaseImages"/> unless they are given.</summary>
    public static IReadOnlyList<LintFinding> Find(string dockerfile, PlanOptions? options = null, Func<ImageSource, ImageConfig>? images = null) =>
        Log(dockerfile, options, images ?? BaseImages.Find).Findings;

    /// <summary>What is found when no base image was looked at.</summary>
    public static IReadOnlyList<LintFinding> FindWithoutImages(string dockerfile) => Log(dockerfile, null, null).Findings;

    public static LintLog Log(string dockerfile, PlanOptions? options = null, Func<ImageSource, ImageConfig>? images = null)
    {
        DockerfileDocument document = DockerfileParser.Parse(new SourceText("Dockerfile", dockerfile));
        LintLog log = PlanLint.Begin(document, options ?? AllStages);
        var planner = new BuildPlanner(document, options ?? AllStages, log);
        while (images is not null && planner.FindMissingImages() is { Count: > 0 } missing)
            foreach (ImageSource image in missing.Select(m => m.Image).OfType<ImageSource>())
                planner.Supply(image, images(image));
        planner.Complete();
        return log;
    }

    /// <summary>Holds what is found against texts in BuildKit's form, one a line.</summary>
    public static void Check(string dockerfile, string expected, PlanOptions? options = null) =>
        Assert.Equal(expected, string.Join('\n', Find(dockerfile, options).Select(finding => finding.ToString())));

    public static PlanOptions WithBuildArg(string name, string value) => AllStages with { BuildArgs = [new(name, value)] };
}
