// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Joins physical lines to instructions: comments and blank lines vanish, the escape character at the end continues.</summary>
internal sealed class LogicalLineReader(SourceText source, SourceSpan? standIn)
{
    private readonly PhysicalLineReader _lines = new(source, standIn);
    private readonly DirectiveReader _directives = new();
    private List<string> _comments = [];

    public char Escape => _directives.Escape;

    /// <summary>The next instruction; null at the end.</summary>
    public LogicalLine? Read()
    {
        while (_lines.TryRead(out PhysicalLine line))
        {
            string content = source.Text[line.Start..line.End];
            string trimmed = content.TrimStart();
            int start = line.End - trimmed.Length;
            if (_directives.TryRead(trimmed, standIn ?? new SourceSpan(source, start, trimmed.TrimEnd().Length)))
                continue;
            if (trimmed.StartsWith('#'))
                Collect(content);
            else if (trimmed.Length > 0)
                return Join(start, trimmed, line.End);
        }
        return null;
    }

    /// <summary>The lines up to one that is the heredoc's name, as they stand; null where there is no such line.</summary>
    public (string Body, int Start, int End)? ReadHeredocBody(HeredocWord heredoc)
    {
        int? start = null;
        while (_lines.TryRead(out PhysicalLine line))
        {
            start ??= line.Start;
            ReadOnlySpan<char> content = source.Text.AsSpan(line.Start..line.End);
            if ((heredoc.Chomp ? content.TrimStart('\t') : content).SequenceEqual(heredoc.Name))
                return (source.Text[start.Value..line.Start], start.Value, line.End);
        }
        return null;
    }

    private LogicalLine Join(int start, string first, int end)
    {
        var text = new StringBuilder();
        var pieces = new List<(int, int)> { (0, start) };
        bool emptyContinuation = false;
        bool continues = Append(text, first);
        while (continues && _lines.TryRead(out PhysicalLine line))
        {
            end = line.End;
            string content = source.Text[line.Start..line.End];
            ReadOnlySpan<char> trimmed = content.AsSpan().TrimStart();
            if (trimmed.StartsWith('#'))
                continue;
            if (trimmed.IsEmpty)
            {
                emptyContinuation = true;
                continue;
            }
            pieces.Add((text.Length, line.Start));
            continues = Append(text, content);
        }

        List<string> comments = _comments;
        _comments = [];
        return new LogicalLine(source, pieces, standIn)
        {
            Text = text.ToString(),
            Span = standIn ?? new SourceSpan(source, start, end - start),
            Comments = comments,
            HasEmptyContinuation = emptyContinuation,
        };
    }

    /// <summary>
    /// Adds a line; true where the next one belongs to it too. Two escape characters at the end do not continue, however many
    /// stand before them.
    /// </summary>
    private bool Append(StringBuilder text, string line)
    {
        int last = line.AsSpan().TrimEnd(" \t").Length - 1;
        bool continues = last >= 0 && line[last] == Escape && (last == 0 || line[last - 1] != Escape);
        text.Append(line, 0, continues ? last : line.Length);
        return continues;
    }

    /// <summary>A bare `#` separates a header from the comments of an instruction.</summary>
    private void Collect(string line)
    {
        string comment = line[1..].Trim();
        if (comment.Length == 0)
            _comments = [];
        else
            _comments.Add(comment);
    }
}
