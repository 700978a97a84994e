// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Lint;
using Kiln.Planning.Lint;

namespace Kiln.Cli.Rendering.Reports.Sarif;

/// <summary>
/// For code scanning: SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). All rules are described, also those that hold; an error is a result
/// of a rule of its own.
/// </summary>
internal sealed class SarifLintFormat(string version) : ILintFormat
{
    /// <summary>What stands for the root of the sources in every consumer.</summary>
    private const string Root = "%SRCROOT%";

    public string Write(IReadOnlyList<LintReport> reports)
    {
        List<SarifRule> rules = [.. LintRules.All.Select(Describe), .. reports.SelectMany(report => report.Errors).Select(error => error.Rule).Distinct().Select(Describe)];
        List<SarifResult> results = [.. reports.SelectMany(report => ResultsOf(report, rules))];
        var run = new SarifRun(
            new SarifTool(new SarifDriver("Kiln", version, rules)),
            [new SarifInvocation(ExecutionSuccessful: reports.All(report => report.Errors.Count == 0))],
            results);
        return JsonSerializer.Serialize(new SarifLog([run]), ReportJson.Readable.SarifLog) + "\n";
    }

    private static SarifRule Describe(LintRule rule) =>
        new(rule.Name, new SarifMessage(rule.Description), new SarifConfiguration("warning", !rule.IsExperimental)) { HelpUri = rule.Url };

    private static SarifRule Describe(DiagnosticRule rule) =>
        new(rule.Code, new SarifMessage(rule.Title), new SarifConfiguration("error", Enabled: true)) { Help = new SarifMessage(rule.Cure) };

    private static IEnumerable<SarifResult> ResultsOf(LintReport report, List<SarifRule> rules)
    {
        foreach (LintFinding finding in report.Findings)
            yield return Result(finding.Rule.Name, report.LevelOf(finding), finding.Message, finding.Span);
        foreach (Diagnostic error in report.Errors)
            yield return Result(error.Rule.Code, "error", error.Message, error.Span);

        SarifResult Result(string rule, string level, string message, SourceSpan? span) => new(
            rule, rules.FindIndex(described => described.Id == rule), level, new SarifMessage(message),
            [new SarifLocation(new SarifPhysicalLocation(ArtifactOf(report.File), span is { } place ? RegionOf(place) : null))]);
    }

    private static SarifArtifactLocation ArtifactOf(string file) => Path.IsPathRooted(file)
        ? new SarifArtifactLocation(new Uri(file).AbsoluteUri, null)
        : new SarifArtifactLocation(string.Join('/', file.Split('/').Select(Uri.EscapeDataString)), Root);

    private static SarifRegion RegionOf(SourceSpan span)
    {
        (int endLine, int endColumn) = span.Source.GetLineColumn(span.End);
        return new SarifRegion(span.Line, span.Column, endLine, endColumn);
    }
}
