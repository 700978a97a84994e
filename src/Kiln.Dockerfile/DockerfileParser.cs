// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile;

/// <summary>
/// Parses Dockerfiles in two passes: the whole text is cut up before any instruction is understood, so that a text that cannot be
/// cut up anywhere is reported rather than an instruction above it that makes no sense. What else is wrong is reported with it.
/// </summary>
public static class DockerfileParser
{
    public static DockerfileDocument Parse(SourceText source)
    {
        if (source.Text.Length == 0)
            throw DiagnosticRules.EmptyDockerfile.Error("the Dockerfile cannot be empty", new SourceSpan(source, 0, 0));

        ParserDirectives scanned = DirectiveScanner.Scan(source);
        var errors = new DiagnosticList();
        var reader = new SyntaxReader(source, standIn: null);
        IReadOnlyList<RawInstruction>? instructions = errors.Try(() => reader.ReadAll(errors));
        if (instructions is { Count: 0 } && errors.IsEmpty)
            throw DiagnosticRules.NoInstructions.Error("file with no instructions", source.SpanOfLine(1));

        (IReadOnlyList<ArgInstruction> globals, IReadOnlyList<Stage> stages) = Assemble(instructions ?? [], errors);
        errors.ThrowIfAny();
        return stages.Count > 0 ? new DockerfileDocument(source, scanned with { Escape = reader.Escape }, globals, stages)
            : throw DiagnosticRules.NoStages.Error("dockerfile contains no stages to build", globals[^1].Span);
    }

    /// <summary>Parses the instruction that an `ONBUILD` of a base image holds. It stands in no file: errors and spans point to the `FROM`.</summary>
    public static Instruction ParseTrigger(string text, SourceSpan fromSpan)
    {
        var errors = new DiagnosticList();
        var reader = new SyntaxReader(new SourceText(fromSpan.Source.Name, text), fromSpan);
        IReadOnlyList<RawInstruction> instructions = reader.ReadAll(errors);
        errors.ThrowIfAny();
        if (instructions is not [{ } trigger])
            throw DiagnosticRules.InvalidTrigger.Error("onbuild trigger should be a single expression", fromSpan);
        InstructionParser.RequireTrigger(trigger);
        return InstructionParser.Parse(trigger);
    }

    private static (IReadOnlyList<ArgInstruction> Globals, IReadOnlyList<Stage> Stages) Assemble(
        IReadOnlyList<RawInstruction> instructions, DiagnosticList errors)
    {
        var globals = new List<ArgInstruction>();
        var stages = new List<Stage>();
        var current = new List<Instruction>();
        int unknownEnd = -1;
        foreach (RawInstruction raw in instructions)
        {
            // Lines that follow on one that is no instruction are mostly the rest of a text that lost its continuation.
            bool isUnknown = !InstructionParser.IsKnown(raw);
            bool isRest = isUnknown && raw.Span.Line == unknownEnd + 1;
            unknownEnd = isUnknown ? raw.Span.LastLine : -1;
            if (isRest)
                continue;

            bool wasSound = errors.IsEmpty;
            switch (errors.Try(() => InstructionParser.Parse(raw)))
            {
                case null:
                    break;
                case FromInstruction from:
                    stages.Add(new Stage(from, stages.Count, current = []));
                    break;
                case { } instruction when stages.Count > 0:
                    current.Add(instruction);
                    break;
                case ArgInstruction arg:
                    globals.Add(arg);
                    break;
                // What was not understood above may have been the `FROM`.
                case { } early when wasSound:
                    errors.Add(DiagnosticRules.InstructionBeforeFrom.At(early.Origin.WordSpan, "no build stage in current context"));
                    break;
            }
        }
        return (globals, stages);
    }
}
