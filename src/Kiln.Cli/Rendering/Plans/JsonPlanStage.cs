// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Plans;

/// <summary>A stage in it.</summary>
internal sealed record JsonPlanStage(int Index, string Name, string Title, int Line, bool Needed, int? StartsFrom, IReadOnlyList<JsonPlanStep> Steps);
