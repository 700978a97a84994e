// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>A stage has one `CMD`, `ENTRYPOINT` and `HEALTHCHECK` at most. The place is the one that has no effect.</summary>
public static class MultipleInstructionsDisallowed
{
    public static LintRule Rule { get; } = new(
        "MultipleInstructionsDisallowed", "Multiple instructions of the same type should not be used in the same stage");

    /// <param name="instruction">The later one.</param>
    /// <param name="earlier">The one before it in the same stage; null where there is none.</param>
    /// <param name="log">Where the finding goes. The comments above either instruction can skip it.</param>
    public static void Check(Instruction instruction, Instruction? earlier, LintLog log)
    {
        if (earlier is not null && log.Runs(Rule, instruction))
            log.Report(
                Rule, earlier,
                $"Multiple {instruction.Origin.Word} instructions should not be used in the same stage because only the last one will be used");
    }
}
