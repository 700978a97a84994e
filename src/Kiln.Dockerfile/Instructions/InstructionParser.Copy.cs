// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Syntax;

namespace Kiln.Dockerfile.Instructions;

/// <content>`COPY` and `ADD`.</content>
internal static partial class InstructionParser
{
    private static CopyInstruction ParseCopy(RawInstruction raw, InstructionOrigin origin)
    {
        RequireDestination(raw);
        var flags = new FlagReader(raw);
        return new CopyInstruction(origin, SourcesOf(raw), OptionsOf(flags))
        {
            From = flags.Text("from") is { Length: > 0 } from ? from : null,
            Parents = flags.Boolean("parents") ?? false,
        };
    }

    private static AddInstruction ParseAdd(RawInstruction raw, InstructionOrigin origin)
    {
        RequireDestination(raw);
        var flags = new FlagReader(raw);
        return new AddInstruction(origin, SourcesOf(raw), OptionsOf(flags))
        {
            Checksum = flags.Text("checksum") is { Length: > 0 } checksum ? checksum : null,
            KeepGitDirectory = flags.Boolean("keep-git-dir"),
            Unpack = flags.Boolean("unpack"),
        };
    }

    private static void RequireDestination(RawInstruction raw)
    {
        if (raw.Arguments.Values.Count < 2)
            throw DiagnosticRules.MissingArguments.Error(
                $"{raw.Name} requires at least two arguments, but only one was provided. Destination could not be determined",
                raw.Arguments.Values.Count == 0 ? raw.WordSpan : raw.Arguments.Span,
                $"write `{raw.Name} {(raw.Arguments.Values is [var source] ? source : "SOURCE")} DESTINATION`");
    }

    private static CopyOptions OptionsOf(FlagReader flags) => new(
        flags.Text("chown") is { Length: > 0 } chown ? chown : null,
        flags.Text("chmod") is { Length: > 0 } chmod ? chmod : null,
        flags.Boolean("link") ?? false,
        [.. flags.All("exclude").Select(flag => flag.Value!)]);

    private static CopySources SourcesOf(RawInstruction raw)
    {
        IReadOnlyList<string> words = raw.Arguments.Values;
        string destination = words[^1];
        if (HeredocWord.Parse(destination) is not null)
            throw DiagnosticRules.HeredocAsDestination.Error($"{raw.Name} cannot accept a heredoc as a destination", raw.Arguments.Words[^1].Span);

        var paths = new List<string>();
        var heredocs = new List<HeredocSource>();
        foreach (string word in words.Take(words.Count - 1))
        {
            if (HeredocWord.Parse(word) is { } heredoc)
                heredocs.Add(new HeredocSource(heredoc.Name, ContentOf(heredoc, raw.Heredocs), heredoc.Expand));
            else
                paths.Add(word);
        }
        return new CopySources(paths, heredocs, destination);
    }

    /// <summary>
    /// Of two heredocs with one name both have the last body; and one without a body, in a JSON array, is an empty file.
    /// </summary>
    private static string ContentOf(HeredocWord word, IReadOnlyList<Heredoc> heredocs) =>
        heredocs.LastOrDefault(heredoc => heredoc.Name == word.Name) is { } last ? (last with { Word = word }).Content : "";
}
