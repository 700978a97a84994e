// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Reads a whole text into instructions, heredocs included.</summary>
internal sealed class SyntaxReader(SourceText source, SourceSpan? standIn)
{
    private readonly LogicalLineReader _lines = new(source, standIn);

    public char Escape => _lines.Escape;

    /// <summary>
    /// Adds what is wrong with an instruction to a list and goes on with the next. Throws where it cannot be known where the next
    /// one begins.
    /// </summary>
    public IReadOnlyList<RawInstruction> ReadAll(DiagnosticList errors)
    {
        var instructions = new List<RawInstruction>();
        while (_lines.Read() is { } line)
        {
            RawInstruction? instruction = errors.Try(() => InstructionSyntax.Parse(line, _lines.Escape));
            if (instruction is not null)
                instructions.Add(InstructionSyntax.MayHoldHeredocs(instruction) ? WithHeredocs(instruction) : instruction);
        }
        return instructions;
    }

    private RawInstruction WithHeredocs(RawInstruction instruction)
    {
        var heredocs = new List<Heredoc>();
        var bodies = new List<Word>();
        SourceSpan span = instruction.Span;
        foreach (HeredocWord word in HeredocWord.FindAll(instruction.Line.Text))
        {
            (string body, int start, int end) = _lines.ReadHeredocBody(word)
                ?? throw DiagnosticRules.UnterminatedHeredoc.Error(
                    "unterminated heredoc", SpanOf(word, instruction.Line), $"end the heredoc with a line that is `{word.Name}` and nothing else");
            var heredoc = new Heredoc(word, body);
            heredocs.Add(heredoc);
            bodies.Add(new Word(heredoc.Content, standIn ?? new SourceSpan(source, start, body.Length)));
            span = instruction.Line.SpanThrough(end);
        }
        return instruction with { Span = span, Heredocs = heredocs, Bodies = bodies };
    }

    /// <summary>Where a heredoc's word stands; the whole line where its name is quoted in a way that nobody uses.</summary>
    private static SourceSpan SpanOf(HeredocWord word, LogicalLine line)
    {
        foreach (string name in (string[])[word.Name, $"\"{word.Name}\"", $"'{word.Name}'"])
            foreach (string written in (string[])[$"<<{name}", $"<<-{name}", $"<< {name}"])
                if (line.Text.IndexOf(written, StringComparison.Ordinal) is >= 0 and var start)
                    return line.SpanOf(start, written.Length);
        return line.Span;
    }
}
