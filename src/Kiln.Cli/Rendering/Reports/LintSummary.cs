// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering.Reports;

/// <summary>What `kiln lint` found in numbers, for people. Errors speak for themselves.</summary>
internal static class LintSummary
{
    internal static string Write(IReadOnlyList<LintReport> reports)
    {
        if (reports.All(report => report is { Errors.Count: > 0, Findings.Count: 0 }))
            return "";
        string place = reports is [var only] ? $"`{only.File}`" : $"{reports.Count} files";
        bool isUncertain = reports.Any(report => report.Findings.Any(finding => finding.IsUncertain));
        return $"{Count(reports.Sum(report => report.Findings.Count))} in {place}\n"
            + (isUncertain ? "hint: base images were not looked at; `kiln build --check` does that\n" : "");
    }

    internal static string Count(int findings) => findings switch
    {
        0 => "no findings",
        1 => "1 finding",
        _ => $"{findings} findings",
    };
}
