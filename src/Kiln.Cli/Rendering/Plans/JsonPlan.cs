// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Plans;

/// <summary>The whole document of `kiln plan --format json`.</summary>
internal sealed record JsonPlan(IReadOnlyList<JsonPlanStage> Stages, IReadOnlyList<JsonPlanLayer> Layers, long FetchedBytes, string? Isolation);
