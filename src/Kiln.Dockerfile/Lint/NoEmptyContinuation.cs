// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>No blank line stands among continuation lines. As in BuildKit the place is the last of those.</summary>
public static class NoEmptyContinuation
{
    public static LintRule Rule { get; } = new("NoEmptyContinuation", "Empty continuation lines will become errors in a future release");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        foreach (Instruction instruction in document.Instructions.Where(instruction => instruction.Origin.HasEmptyContinuation))
            log.Report(instruction, new LintFinding(Rule, "Empty continuation line", LastLine(instruction)));
    }

    /// <summary>The bodies of heredocs come after it.</summary>
    private static SourceSpan LastLine(Instruction instruction)
    {
        bool hasHeredocs = instruction is RunInstruction { Heredocs.Count: > 0 }
            or CopyInstruction { Sources.Heredocs.Count: > 0 } or AddInstruction { Sources.Heredocs.Count: > 0 };
        SourceSpan span = hasHeredocs ? instruction.Origin.ArgumentsSpan : instruction.Span;
        return span.Source.SpanOfLine(span.LastLine);
    }
}
