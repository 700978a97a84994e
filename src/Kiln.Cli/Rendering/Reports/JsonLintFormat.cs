// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering.Reports;

/// <summary>For scripts: findings and errors as flat lists.</summary>
internal sealed class JsonLintFormat : ILintFormat
{
    public string Write(IReadOnlyList<LintReport> reports)
    {
        var document = new JsonLintDocument(
            [.. reports.SelectMany(report => report.Findings.Select(finding => new JsonLintFinding(
                finding.Rule.Name, report.LevelOf(finding), finding.Message, finding.Rule.Description, finding.Rule.Url, report.File, PlaceOf(finding.Span))))],
            [.. reports.SelectMany(report => report.Errors.Select(error => new JsonLintError(
                error.Rule.Code, error.Message, error.Hint ?? error.Rule.Cure, report.File, error.Span is { } span ? PlaceOf(span) : null)))]);
        return JsonSerializer.Serialize(document, ReportJson.Readable.JsonLintDocument) + "\n";
    }

    private static JsonLintPlace PlaceOf(SourceSpan span)
    {
        (int endLine, int endColumn) = span.Source.GetLineColumn(span.End);
        return new JsonLintPlace(span.Line, span.Column, endLine, endColumn);
    }
}
