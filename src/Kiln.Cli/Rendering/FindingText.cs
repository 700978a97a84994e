// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Dockerfile.Lint;

namespace Kiln.Cli.Rendering;

/// <summary>What a build check found, as people read it: place, rule and text in BuildKit's words, Docker's page about the rule.</summary>
internal static class FindingText
{
    /// <summary>Without a line end.</summary>
    internal static string Format(LintFinding finding, Style style) => $"{Head(finding, style)}\n{Page(finding, style)}";

    /// <summary>Shows the line too.</summary>
    internal static string FormatWithExcerpt(LintFinding finding, Style style)
    {
        var text = new StringBuilder(Head(finding, style)).Append('\n');
        SourceExcerpt.Append(text, finding.Span, style);
        return text.Append(Page(finding, style)).ToString();
    }

    private static string Head(LintFinding finding, Style style)
    {
        string kind = finding.IsUncertain ? style.Cyan("note:") : style.Yellow("warning:");
        string doubt = finding.IsUncertain ? ", unless the base image defines it" : "";
        return $"{style.Bold($"{finding.Span}:")} {kind} {SourceExcerpt.Printable(finding.ToString())}{doubt}";
    }

    private static string Page(LintFinding finding, Style style) => style.Dim($"  see {finding.Rule.Url}");
}
