// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Reads a whole text into instructions, heredocs included, and stops at the first that cannot be cut up.</summary>
internal sealed class SyntaxReader(SourceText source, SourceSpan? standIn)
{
    private readonly LogicalLineReader _lines = new(source, standIn);

    public char Escape => _lines.Escape;

    public IReadOnlyList<RawInstruction> ReadAll()
    {
        var instructions = new List<RawInstruction>();
        while (_lines.Read() is { } line)
        {
            RawInstruction instruction = InstructionSyntax.Parse(line, 0, _lines.Escape);
            instructions.Add(InstructionSyntax.MayHoldHeredocs(instruction) ? WithHeredocs(instruction) : instruction);
        }
        return instructions;
    }

    private RawInstruction WithHeredocs(RawInstruction instruction)
    {
        var heredocs = new List<Heredoc>();
        SourceSpan span = instruction.Span;
        foreach (HeredocWord word in HeredocWord.FindAll(instruction.Line.Text))
        {
            (string body, int end) = _lines.ReadHeredocBody(word)
                ?? throw DiagnosticRules.UnterminatedHeredoc.Error(
                    "unterminated heredoc", instruction.Line.Span, $"no line below is `{word.Name}`");
            heredocs.Add(new Heredoc(word, body));
            span = instruction.Line.SpanThrough(end);
        }
        return instruction with { Span = span, Heredocs = heredocs };
    }
}
