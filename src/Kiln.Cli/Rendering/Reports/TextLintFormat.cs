// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>For people. Errors and the summary are not part of it: they go to the error stream, as everywhere.</summary>
internal sealed class TextLintFormat(Style style) : ILintFormat
{
    public string Write(IReadOnlyList<LintReport> reports) =>
        string.Concat(reports.SelectMany(report => report.Findings).Select(finding => FindingText.FormatWithExcerpt(finding, style) + "\n\n"));
}
