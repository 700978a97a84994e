// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>The name of a stage holds no capital, because `FROM` would not find it by them.</summary>
public static class StageNameCasing
{
    public static LintRule Rule { get; } = new("StageNameCasing", "Stage names should be lowercase");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (FromInstruction from in document.Stages.Select(stage => stage.From))
            if (from.WrittenStageName is { } name && name != from.StageName)
                log.Report(Rule, from, $"Stage name '{name}' should be lowercase", $"{from.As} {name}");
    }
}
