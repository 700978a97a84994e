// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Lint;

namespace Kiln.Cli.Rendering.Reports;

/// <summary>What `kiln lint` has to say about one file.</summary>
/// <param name="File">Relative to the working directory where it lies in it, otherwise absolute.</param>
/// <param name="Findings">In the order of the file; those up to the errors, where there are any.</param>
/// <param name="Errors">Why the file could not be built at all; none where it could.</param>
internal sealed record LintReport(string File, IReadOnlyList<LintFinding> Findings, IReadOnlyList<Diagnostic> Errors)
{
    /// <summary>Whether a finding that is certain fails the command.</summary>
    public bool FindingsAreErrors { get; init; }

    /// <summary>`error`, `warning` or `note`: the words are those of SARIF.</summary>
    internal string LevelOf(LintFinding finding) => finding.IsUncertain ? "note" : FindingsAreErrors ? "error" : "warning";
}
