// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>The first `WORKDIR` of a stage, and of those it starts from, is absolute. What the base image says does not count: it may change.</summary>
public static class WorkdirRelativePath
{
    public static LintRule Rule { get; } = new(
        "WorkdirRelativePath",
        "Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes");

    /// <param name="instruction">The first one.</param>
    /// <param name="path">Expanded.</param>
    /// <param name="log">Where the finding goes.</param>
    internal static void Check(WorkdirInstruction instruction, string path, LintLog log)
    {
        if (!path.StartsWith('/'))
            log.Report(
                Rule, instruction, $"Relative workdir {HistoryText.Quote(path)} can have unexpected results if the base image changes", instruction.Path);
    }
}
