// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;

namespace Kiln.Planning.Lint;

/// <summary>What a container runs is written as JSON, or else a shell gets the signals. Who set `SHELL` wanted one.</summary>
public static class JSONArgsRecommended
{
    public static LintRule Rule { get; } = new(
        "JSONArgsRecommended", "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals");

    internal static void Check(Instruction instruction, CommandLine command, IReadOnlyList<string> shell, LintLog log)
    {
        if (command is ShellCommandLine && shell.Count == 0)
            log.Report(
                Rule, instruction,
                $"JSON arguments recommended for {instruction.Origin.Word} to prevent unintended behavior related to OS signals");
    }
}
