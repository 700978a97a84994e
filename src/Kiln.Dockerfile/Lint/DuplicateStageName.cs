// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>A name is one stage's.</summary>
public static class DuplicateStageName
{
    public static LintRule Rule { get; } = new("DuplicateStageName", "Stage names should be unique");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (FromInstruction from in document.Stages.Select(stage => stage.From))
            if (from.StageName is { } name && !names.Add(name))
                log.Report(Rule, from, $"Duplicate stage name \"{name}\", stage names should be unique", $"{from.As} {from.WrittenStageName}");
    }
}
