// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>`AS` is written as its `FROM` is. A `FROM` in mixed case is <see cref="ConsistentInstructionCasing"/>'s.</summary>
public static class FromAsCasing
{
    public static LintRule Rule { get; } = new("FromAsCasing", "The 'as' keyword should match the case of the 'from' keyword");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (FromInstruction from in document.Stages.Select(stage => stage.From))
            if (from is { As: { } written, Origin.Word: "FROM" or "from" } && written != (from.Origin.Word == "FROM" ? "AS" : "as"))
                log.Report(Rule, from, $"'{written}' and '{from.Origin.Word}' keywords' casing do not match", written);
    }
}
