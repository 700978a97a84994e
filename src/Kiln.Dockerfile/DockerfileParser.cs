// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile;

/// <summary>
/// Parses Dockerfiles in two passes: the whole text is cut up before any instruction is understood, so that a text that cannot be
/// cut up anywhere is reported rather than an instruction above it that makes no sense.
/// </summary>
public static class DockerfileParser
{
    public static DockerfileDocument Parse(SourceText source)
    {
        if (source.Text.Length == 0)
            throw DiagnosticRules.EmptyDockerfile.Error("the Dockerfile cannot be empty", new SourceSpan(source, 0, 0));

        ParserDirectives scanned = DirectiveScanner.Scan(source);
        var reader = new SyntaxReader(source, standIn: null);
        IReadOnlyList<RawInstruction> instructions = reader.ReadAll();
        if (instructions.Count == 0)
            throw DiagnosticRules.NoInstructions.Error("file with no instructions", source.SpanOfLine(1));
        return Assemble(source, scanned with { Escape = reader.Escape }, instructions);
    }

    /// <summary>Parses the instruction that an `ONBUILD` of a base image holds. It stands in no file: errors and spans point to the `FROM`.</summary>
    public static Instruction ParseTrigger(string text, SourceSpan fromSpan)
    {
        var reader = new SyntaxReader(new SourceText(fromSpan.Source.Name, text), fromSpan);
        if (reader.ReadAll() is not [{ } trigger])
            throw DiagnosticRules.InvalidTrigger.Error("onbuild trigger should be a single expression", fromSpan);
        InstructionParser.RequireTrigger(trigger);
        return InstructionParser.Parse(trigger);
    }

    private static DockerfileDocument Assemble(SourceText source, ParserDirectives directives, IReadOnlyList<RawInstruction> raw)
    {
        var globals = new List<ArgInstruction>();
        var stages = new List<Stage>();
        var current = new List<Instruction>();
        foreach (Instruction instruction in raw.Select(InstructionParser.Parse))
        {
            if (instruction is FromInstruction from)
                stages.Add(new Stage(from, stages.Count, current = []));
            else if (stages.Count > 0)
                current.Add(instruction);
            else if (instruction is ArgInstruction arg)
                globals.Add(arg);
            else
                throw DiagnosticRules.InstructionBeforeFrom.Error("no build stage in current context", instruction.Span);
        }
        return stages.Count > 0 ? new DockerfileDocument(source, directives, globals, stages)
            : throw DiagnosticRules.NoStages.Error("dockerfile contains no stages to build", globals[^1].Span);
    }
}
