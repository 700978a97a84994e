// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <summary>A stretch of a source text, in UTF-16 code units. It lies within the text.</summary>
public readonly record struct SourceSpan(SourceText Source, int Start, int Length)
{
    public int End => Start + Length;

    /// <summary>The first line, from 1.</summary>
    public int Line => Source.GetLineColumn(Start).Line;

    /// <summary>The column in the first line, from 1.</summary>
    public int Column => Source.GetLineColumn(Start).Column;

    /// <summary>The line that holds the last character.</summary>
    public int LastLine => Source.GetLineColumn(Math.Max(Start, End - 1)).Line;

    /// <summary>The text that is meant.</summary>
    public string Text => Source.Text.Substring(Start, Length);

    /// <summary>The first place of a text within it; all of it where the text is not there.</summary>
    public SourceSpan Find(string text)
    {
        int start = text.Length == 0 || Source is null ? -1 : Source.Text.IndexOf(text, Start, Length, StringComparison.Ordinal);
        return start < 0 ? this : new SourceSpan(Source!, start, text.Length);
    }

    public override string ToString() => $"{Source.Name}:{Line}:{Column}";
}
