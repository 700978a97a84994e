// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Build.Outlook;
using Kiln.Cli.Rendering.Reports;

namespace Kiln.Cli.Rendering.Plans;

/// <summary>`kiln plan --format json`, for scripts.</summary>
internal static class PlanJson
{
    internal static string Write(PlanOutlook outlook) => JsonSerializer.Serialize(
        new JsonPlan(
            [.. outlook.Stages.Select(stage => new JsonPlanStage(
                stage.Index,
                stage.Name,
                stage.Title,
                stage.Line,
                stage.IsNeeded,
                stage.Start,
                [.. stage.Steps.Select(step => new JsonPlanStep(
                    step.Title, step.Line, WordOf(step.Verdict.ToString()), step.Reason, step.Key?.ToString(), step.LayerSize, [.. step.Sources], step.Rung))]))],
            [.. outlook.Layers.Select(layer => new JsonPlanLayer(layer.Digest.ToString(), layer.Size, layer.IsFetched, layer.IsUnpacked, layer.Reason))],
            outlook.FetchedBytes,
            outlook.Rung),
        ReportJson.Readable.JsonPlan) + "\n";

    private static string WordOf(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);
}
