// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <content>`FROM`, `ARG`, `ENV`, `LABEL`, `SHELL`, `VOLUME`, `ONBUILD`.</content>
internal static partial class InstructionParser
{
    /// <summary>Throws where an instruction cannot be a trigger; an unknown one can, since it is looked at only when triggered.</summary>
    public static void RequireTrigger(RawInstruction trigger)
    {
        switch (trigger.Name)
        {
            case "ONBUILD":
                throw DiagnosticRules.InvalidOnbuild.Error("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", trigger.WordSpan);
            case "FROM" or "MAINTAINER":
                throw DiagnosticRules.InvalidOnbuild.Error($"{trigger.Name} isn't allowed as an ONBUILD trigger", trigger.WordSpan);
        }
    }

    private static FromInstruction ParseFrom(RawInstruction raw, InstructionOrigin origin)
    {
        IReadOnlyList<string> words = raw.Arguments.Values;
        bool named = words.Count == 3 && words[1].Equals("AS", StringComparison.OrdinalIgnoreCase);
        if (!named && words.Count != 1)
            throw DiagnosticRules.InvalidFrom.Error(
                "FROM requires either one or three arguments", words.Count == 0 ? raw.WordSpan : raw.Arguments.Words[1].Span, HintForFrom(words));
        if (named && !IsStageName(words[2]))
            throw DiagnosticRules.InvalidStageName.Error(
                $"invalid name for build stage: \"{words[2]}\", name can't start with a number or contain symbols", raw.Arguments.Words[2].Span);

        string? platform = new FlagReader(raw).Text("platform");
        return new FromInstruction(origin, words[0], platform is "" ? null : platform, named ? words[2].ToLowerInvariant() : null)
        {
            As = named ? words[1] : null,
            WrittenStageName = named ? words[2] : null,
        };
    }

    private static string HintForFrom(IReadOnlyList<string> words) => words switch
    {
        _ when words.Any(word => word.Contains("${", StringComparison.Ordinal) && !word.Contains('}')) => "a base has no blanks in it, not even between `${` and `}`",
        [] => "write `FROM image`, or `FROM scratch` for a stage that starts empty",
        [var image, _] => $"write `FROM {image}`, or `FROM {image} AS name`",
        [var image, _, var name] => $"write `FROM {image} AS {name}`",
        [var image, ..] => $"write `FROM {image}` or `FROM {image} AS name`; a comment stands on a line of its own",
    };

    private static bool IsStageName(string name) =>
        char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static ArgInstruction ParseArg(RawInstruction raw, InstructionOrigin origin)
    {
        if (raw.Arguments.Values.Count == 0)
            throw DiagnosticRules.MissingArguments.Error("ARG requires at least one argument", raw.WordSpan, FormOf(raw));
        return new ArgInstruction(origin, [.. raw.Arguments.Words.Select(word =>
        {
            (string name, string? value) = Cut(word.Text);
            RequireName(raw, name, word.Span);
            return new ArgDeclaration(name, value);
        })]);
    }

    private static IReadOnlyList<NameValuePair> ParsePairs(RawInstruction raw)
    {
        IReadOnlyList<string> words = AtLeastOne(raw, flagsFirst: true);
        if (raw.Arguments.IsLegacyPair)
            return [new NameValuePair(words[0], words[1])];
        return [.. raw.Arguments.Words.Select(word =>
        {
            (string name, string? value) = Cut(word.Text);
            RequireName(raw, name, word.Span);
            return new NameValuePair(name, value ?? "");
        })];
    }

    private static (string Name, string? Value) Cut(string word)
    {
        int equals = word.IndexOf('=');
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static void RequireName(RawInstruction raw, string name, SourceSpan span)
    {
        if (name.Length == 0)
            throw DiagnosticRules.BlankName.Error($"{raw.Name} names can not be blank", span);
    }

    private static ShellInstruction ParseShell(RawInstruction raw, InstructionOrigin origin)
    {
        IReadOnlyList<string> arguments = AtLeastOne(raw, flagsFirst: true);
        return raw.Arguments.IsJson ? new ShellInstruction(origin, arguments)
            : throw DiagnosticRules.ShellNotJson.Error("SHELL requires the arguments to be in JSON form", raw.Arguments.Span);
    }

    private static VolumeInstruction ParseVolume(RawInstruction raw, InstructionOrigin origin)
    {
        string[] paths = [.. AtLeastOne(raw).Select(path => path.Trim())];
        int blank = paths.IndexOf("");
        return blank < 0 ? new VolumeInstruction(origin, paths)
            : throw DiagnosticRules.BlankVolume.Error("VOLUME specified can not be an empty string", raw.Arguments.Words[blank].Span);
    }

    private static OnbuildInstruction ParseOnbuild(RawInstruction raw, InstructionOrigin origin)
    {
        if (raw.Trigger is not { } trigger)
            throw DiagnosticRules.MissingArguments.Error("ONBUILD requires at least one argument", raw.WordSpan, FormOf(raw));
        RefuseFlags(raw);
        RequireTrigger(trigger);
        // The line behind the word, down to its last blank.
        string line = raw.Line.Text.TrimStart()[raw.Word.Length..].TrimStart(" \t\n\f\r".ToCharArray());
        string heredocs = string.Concat(raw.Heredocs.Select(heredoc => $"\n{heredoc.Body}{heredoc.Name}"));
        return new OnbuildInstruction(origin, line + heredocs);
    }
}
