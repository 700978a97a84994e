// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Dockerfile.Ignore;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Stages;

namespace Kiln.Planning.Lint;

/// <summary>No source is a path that the ignore file leaves out. Where that has exceptions, nothing is said: what it leaves out is not known by the text.</summary>
public static class CopyIgnoredFile
{
    public static LintRule Rule { get; } = new("CopyIgnoredFile", "Attempting to Copy file that is excluded by .dockerignore");

    /// <param name="instruction">A `COPY` or `ADD`.</param>
    /// <param name="path">A source in the build context, expanded.</param>
    /// <param name="ignored">The context's ignore file.</param>
    /// <param name="log">Where the finding goes.</param>
    internal static void Check(Instruction instruction, string path, IgnoreMatcher ignored, LintLog log)
    {
        if (ignored.Patterns.Any(pattern => pattern.IsException))
            return;
        string clean = LexicalPath.Clean(path);
        string relative = clean.TrimStart('/');
        bool leavesOut = relative is "" or "."
            ? ignored.Patterns.Any(pattern => pattern.Text is "*" or "**" or "**/*")
            : ignored.Ignores(Encoding.UTF8.GetBytes(relative));
        if (leavesOut)
            log.Report(
                Rule, instruction,
                $"Attempting to {(instruction is AddInstruction ? "Add" : "Copy")} file {HistoryText.Quote(clean)} that is excluded by .dockerignore", path);
    }
}
