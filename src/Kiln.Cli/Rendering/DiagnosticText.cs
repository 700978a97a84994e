// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>An error as people read it: place, code, message, the line with a caret below what is meant, a hint.</summary>
internal static class DiagnosticText
{
    internal static string Format(Diagnostic diagnostic, Style style)
    {
        var text = new StringBuilder();
        if (diagnostic.Span is { } where)
            text.Append(style.Bold($"{where.Source.Name}:{where.Line}:{where.Column}:")).Append(' ');
        text.Append(style.Red($"error {diagnostic.Rule.Code}:")).Append(' ').Append(Lines(diagnostic.Message)).Append('\n');
        if (diagnostic.Span is { } span)
            SourceExcerpt.Append(text, span, style);
        text.Append(style.Cyan("hint:")).Append(' ').Append(Lines(diagnostic.Hint ?? diagnostic.Rule.Cure)).Append('\n');
        return text.ToString();
    }

    /// <summary>All that is wrong, with an empty line between each two.</summary>
    internal static string Format(IEnumerable<Diagnostic> diagnostics, Style style) => string.Join('\n', diagnostics.Select(each => Format(each, style)));

    /// <summary>A message may quote a script of many lines.</summary>
    private static string Lines(string message) => string.Join('\n', message.Split('\n').Select(SourceExcerpt.Printable));
}
