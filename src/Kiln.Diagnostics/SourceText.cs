// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>A text that somebody wrote, under the name by which they know it, with its lines. Lines are numbered from 1.</summary>
public sealed class SourceText
{
    private readonly int[] _lineStarts;

    public SourceText(string name, string text)
    {
        Name = name;
        Text = text;
        var starts = new List<int> { 0 };
        for (int i = 0; i < text.Length; i++)
            if (text[i] == '\n')
                starts.Add(i + 1);
        _lineStarts = [.. starts];
    }

    /// <summary>The file as the user named it: `Dockerfile`, `services/api/Dockerfile`.</summary>
    public string Name { get; }

    public string Text { get; }

    /// <summary>Where the file is on this machine, for other programs; null where nobody but us could open it.</summary>
    public string? Path { get; init; }

    public int LineCount => _lineStarts.Length;

    /// <summary>The line and column, both from 1, of a position in the text.</summary>
    public (int Line, int Column) GetLineColumn(int position)
    {
        int index = Array.BinarySearch(_lineStarts, Math.Clamp(position, 0, Text.Length));
        int line = index >= 0 ? index : ~index - 1;
        return (line + 1, position - _lineStarts[line] + 1);
    }

    /// <summary>A line without its line end.</summary>
    public string GetLine(int line)
    {
        int start = _lineStarts[line - 1];
        int end = line < _lineStarts.Length ? _lineStarts[line] : Text.Length;
        return Text[start..end].TrimEnd('\n', '\r');
    }

    /// <summary>The whole of a line, as a span.</summary>
    public SourceSpan SpanOfLine(int line) => new(this, _lineStarts[line - 1], GetLine(line).Length);
}
