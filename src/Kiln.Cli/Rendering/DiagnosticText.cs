// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>An error as people read it: place, code, message, the line with a caret below what is meant, a hint.</summary>
internal static class DiagnosticText
{
    /// <summary>More lines of an instruction are not shown.</summary>
    private const int MostLines = 4;

    internal static string Format(Diagnostic diagnostic, Style style)
    {
        var text = new StringBuilder();
        if (diagnostic.Span is { } where)
            text.Append(style.Bold($"{where.Source.Name}:{where.Line}:")).Append(' ');
        text.Append(style.Red($"error {diagnostic.Rule.Code}:")).Append(' ').Append(diagnostic.Message).Append('\n');
        if (diagnostic.Span is { } span)
            AppendExcerpt(text, span, style);
        text.Append(style.Cyan("hint:")).Append(' ').Append(diagnostic.Hint ?? diagnostic.Rule.Cure).Append('\n');
        return text.ToString();
    }

    private static void AppendExcerpt(StringBuilder text, SourceSpan span, Style style)
    {
        int first = span.Line, last = span.LastLine;
        int shown = Math.Min(last, first + MostLines - 1);
        int width = shown.ToString().Length;
        for (int line = first; line <= shown; line++)
            text.Append(style.Dim($"  {line.ToString().PadLeft(width)} | ")).Append(Printable(span.Source.GetLine(line))).Append('\n');
        if (last > shown)
            text.Append(style.Dim($"  {new string(' ', width)} | ...")).Append('\n');
        if (first != last)
            return;
        string before = span.Source.GetLine(first)[..Math.Min(span.Column - 1, span.Source.GetLine(first).Length)];
        int length = Math.Max(1, Math.Min(span.Length, span.Source.GetLine(first).Length - before.Length));
        text.Append(style.Dim($"  {new string(' ', width)} | "))
            .Append([.. before.Select(c => c == '\t' ? '\t' : ' ')])
            .Append(style.Red("^" + new string('~', length - 1))).Append('\n');
    }

    /// <summary>Control characters of a file must not reach the terminal.</summary>
    private static string Printable(string line) => string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c));
}
