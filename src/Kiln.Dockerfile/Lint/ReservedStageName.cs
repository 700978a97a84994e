// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>No stage has a name that means something else.</summary>
public static class ReservedStageName
{
    public static LintRule Rule { get; } = new("ReservedStageName", "Reserved words should not be used as stage names");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (FromInstruction from in document.Stages.Select(stage => stage.From))
            if (from.StageName is "context" or "scratch")
                log.Report(
                    Rule, from, $"Stage name should not use the same name as reserved stage \"{from.StageName}\"", $"{from.As} {from.WrittenStageName}");
    }
}
