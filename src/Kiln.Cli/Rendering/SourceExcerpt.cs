// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Cli.Rendering;

/// <summary>The lines that a span stands in, with their numbers, and a caret below what is meant where that is one line.</summary>
internal static class SourceExcerpt
{
    /// <summary>More lines of an instruction are not shown.</summary>
    private const int MostLines = 4;

    /// <summary>Of a longer line only a part is shown.</summary>
    private const int Widest = 140;

    internal static void Append(StringBuilder text, SourceSpan span, Style style)
    {
        int first = span.Line, last = span.LastLine;
        int shown = Math.Min(last, first + MostLines - 1);
        int width = shown.ToString().Length;
        if (first == last)
        {
            AppendWithCaret(text, span, style);
            return;
        }
        for (int line = first; line <= shown; line++)
            AppendLine(text, style, line.ToString().PadLeft(width), Cut(span.Source.GetLine(line), 0).Shown);
        if (last > shown)
            AppendLine(text, style, new string(' ', width), "...");
    }

    private static void AppendWithCaret(StringBuilder text, SourceSpan span, Style style)
    {
        string number = span.Line.ToString();
        (string shown, int column) = Cut(span.Source.GetLine(span.Line), span.Column - 1);
        int length = Math.Max(1, Math.Min(span.Length, shown.Length - column));
        AppendLine(text, style, number, shown);
        string before = string.Concat(shown[..column].Select(c => c == '\t' ? '\t' : ' '));
        AppendLine(text, style, new string(' ', number.Length), before + style.Red("^" + new string('~', length - 1)));
    }

    private static void AppendLine(StringBuilder text, Style style, string number, string line) =>
        text.Append(style.Dim($"  {number} | ")).Append(line).Append('\n');

    /// <summary>What is shown of a line: all, or of a long one what surrounds a column. Also where the column is in that.</summary>
    private static (string Shown, int Column) Cut(string line, int column)
    {
        line = Printable(line);
        column = Math.Min(column, line.Length);
        if (line.Length <= Widest)
            return (line, column);
        int start = Math.Clamp(column - (Widest / 2), 0, line.Length - Widest);
        string before = start > 0 ? "..." : "", after = start + Widest < line.Length ? "..." : "";
        return ($"{before}{line.AsSpan(start, Widest)}{after}", column - start + before.Length);
    }

    /// <summary>Control characters of a file must not reach the terminal.</summary>
    internal static string Printable(string line) => string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c));
}
