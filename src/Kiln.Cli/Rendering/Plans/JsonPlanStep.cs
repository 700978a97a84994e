// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Plans;

/// <summary>A step in it.</summary>
internal sealed record JsonPlanStep(string Title, int Line, string Verdict, string? Reason, string? Key, long? LayerBytes, IReadOnlyList<int> FilesFrom, string? NeedsIsolation);
