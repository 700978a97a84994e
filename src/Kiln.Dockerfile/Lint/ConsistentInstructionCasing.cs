// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>Instructions are written as most of them are. Those in mixed case have no vote, and a tie is for capitals.</summary>
public static class ConsistentInstructionCasing
{
    public static LintRule Rule { get; } = new(
        "ConsistentInstructionCasing", "All commands within the Dockerfile should use the same casing (either upper or lower)");

    internal static void Check(DockerfileDocument document, LintLog log)
    {
        List<Instruction> instructions = [.. document.Instructions.Skip(document.GlobalArgs.Count)];
        int lower = instructions.Count(instruction => !instruction.Origin.Word.Any(char.IsUpper));
        int upper = instructions.Count(instruction => !instruction.Origin.Word.Any(char.IsLower));
        bool isLower = lower > upper;
        foreach (Instruction instruction in instructions)
        {
            string word = instruction.Origin.Word;
            if (word != (isLower ? word.ToLowerInvariant() : word.ToUpperInvariant()))
                log.Report(instruction, new LintFinding(
                    Rule, $"Command '{word}' should match the case of the command majority ({(isLower ? "lowercase" : "uppercase")})",
                    instruction.Origin.WordSpan));
        }
    }
}
