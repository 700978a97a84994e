// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Planning;
using Kiln.Planning.Steps;

namespace Kiln.Build.Comparing;

/// <summary>
/// Holds two builds of the same request against each other, stage by stage and layer by layer: the first difference is the cause of those behind it.
/// </summary>
internal static class BuildComparison
{
    /// <summary>Throws at the step whose layer is the first to differ.</summary>
    internal static void RequireEqual(BuildOutcome first, BuildOutcome second, CancellationToken cancellationToken)
    {
        foreach (StagePlan stage in first.Plan.Stages)
            CompareStage(stage, first.Results[stage.Index].Stack, second.Results[stage.Index].Stack, cancellationToken);
        if (first.Image.Digest == second.Image.Digest)
            return;
        string? member = DocumentComparison.FindDifference(first.Image.Config, second.Image.Config);
        throw Different(first.Plan.Target.FromSpan, member is null ? "the manifest" : $"`{member}` of the configuration");
    }

    private static void CompareStage(StagePlan stage, Stack first, Stack second, CancellationToken cancellationToken)
    {
        BuildStep[] steps = [.. stage.Steps.Where(s => s is not MetadataStep)];
        int below = first.Layers.Length - steps.Length;
        if (second.Layers.Length != first.Layers.Length)
            throw OtherBase(stage);
        for (int i = 0; i < first.Layers.Length; i++)
        {
            StackLayer one = first.Layers[i], two = second.Layers[i];
            if (one.Descriptor.Digest == two.Descriptor.Digest)
                continue;
            if (i < below)
                throw OtherBase(stage);
            throw Different(steps[i - below].Span, LayerComparison.FindDifference(one, two, cancellationToken) ?? "the packed form of the layer");
        }
    }

    private static BuildException Different(SourceSpan span, string what) =>
        DiagnosticRules.NotReproducible.Error($"two builds differ in {what}", span);

    private static BuildException OtherBase(StagePlan stage) =>
        DiagnosticRules.NotReproducible.Error("the base is another one in the second build", stage.FromSpan, "name it by its digest, as `FROM name@sha256:...`");
}
