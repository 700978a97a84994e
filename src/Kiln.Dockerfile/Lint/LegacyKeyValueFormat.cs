// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>`ENV` and `LABEL` have an equals sign.</summary>
public static class LegacyKeyValueFormat
{
    public static LintRule Rule { get; } = new("LegacyKeyValueFormat", "Legacy key/value format with whitespace separator should not be used");

    public static void Check(EnvInstruction instruction, LintLog log) => Check(instruction, instruction.IsLegacy, log);

    public static void Check(LabelInstruction instruction, LintLog log) => Check(instruction, instruction.IsLegacy, log);

    private static void Check(Instruction instruction, bool isLegacy, LintLog log)
    {
        string word = instruction.Origin.Word;
        if (isLegacy)
            log.Report(Rule, instruction, $"\"{word} key=value\" should be used instead of legacy \"{word} key value\" format");
    }
}
