// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>A way to write what `kiln lint` found. What it returns is all that goes to the standard output.</summary>
internal interface ILintFormat
{
    string Write(IReadOnlyList<LintReport> reports);
}
