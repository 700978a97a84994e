// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <summary>Understands one instruction: how many arguments, which flags, which words.</summary>
internal static partial class InstructionParser
{
    public static bool IsKnown(RawInstruction raw) => InstructionTable.Has(raw.Name);

    public static Instruction Parse(RawInstruction raw)
    {
        InstructionOrigin origin = OriginOf(raw);
        return raw.Name switch
        {
            "ADD" => ParseAdd(raw, origin),
            "ARG" => ParseArg(raw, origin),
            "CMD" => new CmdInstruction(origin, FlaglessCommand(raw)),
            "COPY" => ParseCopy(raw, origin),
            "ENTRYPOINT" => new EntrypointInstruction(origin, FlaglessCommand(raw)),
            "ENV" => new EnvInstruction(origin, ParsePairs(raw), raw.Arguments.IsLegacyPair),
            "EXPOSE" => new ExposeInstruction(origin, [.. AtLeastOne(raw).Order(StringComparer.Ordinal)]),
            "FROM" => ParseFrom(raw, origin),
            "HEALTHCHECK" => ParseHealthcheck(raw, origin),
            "LABEL" => new LabelInstruction(origin, ParsePairs(raw), raw.Arguments.IsLegacyPair),
            "MAINTAINER" => new MaintainerInstruction(origin, ExactlyOne(raw)),
            "ONBUILD" => ParseOnbuild(raw, origin),
            "RUN" => ParseRun(raw, origin),
            "SHELL" => ParseShell(raw, origin),
            "STOPSIGNAL" => new StopsignalInstruction(origin, ExactlyOne(raw, ignoreFlags: true)),
            "USER" => new UserInstruction(origin, ExactlyOne(raw)),
            "VOLUME" => ParseVolume(raw, origin),
            "WORKDIR" => new WorkdirInstruction(origin, ExactlyOne(raw)),
            _ => throw UnknownInstruction(raw),
        };
    }

    private static InstructionOrigin OriginOf(RawInstruction raw) => new()
    {
        Span = raw.Span,
        Word = raw.Word,
        WordSpan = raw.WordSpan,
        ArgumentsSpan = raw.Arguments.Span,
        Arguments = raw.Arguments.Text,
        Words = [.. raw.Flags.Where(flag => flag.Value is not null).Select(flag => new Word(flag.Value!, flag.ValueSpan)), .. raw.Arguments.Words, .. raw.Bodies],
        Text = raw.Line.Text.Trim(),
        Comments = raw.Line.Comments,
        HasEmptyContinuation = raw.Line.HasEmptyContinuation,
    };

    private static BuildException UnknownInstruction(RawInstruction raw)
    {
        string? meant = Suggestion.Closest(raw.Word, InstructionTable.Names);
        if (meant is not null && !raw.Word.Any(char.IsUpper))
            meant = meant.ToLowerInvariant();
        return DiagnosticRules.UnknownInstruction.Error(
            $"unknown instruction: {raw.Word}{(meant is null ? "" : $" (did you mean {meant}?)")}", raw.WordSpan,
            meant is not null ? $"write `{meant}`" : HintForUnknown(raw.Word));
    }

    private static string? HintForUnknown(string word) =>
        InstructionTable.Names.FirstOrDefault(name => word.StartsWith(name + "[", StringComparison.OrdinalIgnoreCase)) is { } name
            ? $"put a blank between `{name}` and `[`"
            : null;

    /// <summary>Docker counts arguments before it looks at the flags in some instructions, and after it in others.</summary>
    private static IReadOnlyList<string> AtLeastOne(RawInstruction raw, bool flagsFirst = false)
    {
        if (flagsFirst)
            RefuseFlags(raw);
        if (raw.Arguments.Values.Count == 0)
            throw DiagnosticRules.MissingArguments.Error($"{raw.Name} requires at least one argument", raw.WordSpan, FormOf(raw));
        RefuseFlags(raw);
        return raw.Arguments.Values;
    }

    private static string FormOf(RawInstruction raw) => $"write `{InstructionTable.FormOf(raw.Name)}`";

    private static string ExactlyOne(RawInstruction raw, bool ignoreFlags = false)
    {
        if (raw.Arguments.Values is not [string value])
            throw DiagnosticRules.MissingArguments.Error($"{raw.Name} requires exactly one argument", raw.WordSpan, FormOf(raw));
        if (!ignoreFlags)
            RefuseFlags(raw);
        return value;
    }

    private static void RefuseFlags(RawInstruction raw) => _ = new FlagReader(raw);

    private static CommandLine FlaglessCommand(RawInstruction raw)
    {
        RefuseFlags(raw);
        return CommandOf(raw.Arguments);
    }

    private static CommandLine CommandOf(RawArguments arguments) =>
        arguments.IsJson ? new ExecCommandLine(arguments.Values) : new ShellCommandLine(arguments.Values is [string text] ? text : "");
}
