// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Cuts an instruction into its word, flags and arguments.</summary>
internal static class InstructionSyntax
{
    /// <summary>Reads the instruction that begins at a place in the line.</summary>
    public static RawInstruction Parse(LogicalLine line, int start, char escape)
    {
        string text = line.Text;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        int length = text.AsSpan(start).TrimEnd().IndexOfAny(WordSplitter.Blanks);
        int wordEnd = length < 0 ? start + text.AsSpan(start).TrimEnd().Length : start + length;
        string word = text[start..wordEnd];

        (IReadOnlyList<BuilderFlag> flags, int argumentsStart) = BuilderFlagScanner.Scan(line, wordEnd, escape);
        while (argumentsStart < text.Length && char.IsWhiteSpace(text[argumentsStart]))
            argumentsStart++;
        string rest = text[argumentsStart..].TrimEnd();
        var arguments = new RawArguments(rest, line.SpanOf(argumentsStart, rest.Length));
        ArgumentGrammar grammar = GrammarOf(word);
        return new RawInstruction
        {
            Line = line,
            Span = line.Span,
            Word = word,
            WordSpan = line.SpanOf(start, word.Length),
            Flags = flags,
            Arguments = Cut(arguments, grammar, word.ToUpperInvariant(), escape),
            Trigger = grammar is ArgumentGrammar.Trigger && rest.Length > 0 ? Parse(line, argumentsStart, escape) : null,
        };
    }

    /// <summary>Whether the words of the line are searched for heredocs.</summary>
    public static bool MayHoldHeredocs(RawInstruction instruction)
    {
        RawInstruction inner = instruction.Trigger ?? instruction;
        return inner.Name is "RUN" or "COPY" or "ADD" && !inner.Arguments.IsJson && instruction.Line.Text.Contains("<<", StringComparison.Ordinal);
    }

    private static ArgumentGrammar GrammarOf(string word) => word.ToUpperInvariant() switch
    {
        "RUN" or "CMD" or "ENTRYPOINT" or "SHELL" => ArgumentGrammar.JsonOrText,
        "COPY" or "ADD" or "VOLUME" => ArgumentGrammar.JsonOrList,
        "FROM" or "EXPOSE" => ArgumentGrammar.List,
        "WORKDIR" or "USER" or "STOPSIGNAL" or "MAINTAINER" => ArgumentGrammar.Text,
        "ENV" or "LABEL" => ArgumentGrammar.Pairs,
        "ARG" => ArgumentGrammar.QuotedWords,
        "HEALTHCHECK" => ArgumentGrammar.Healthcheck,
        "ONBUILD" => ArgumentGrammar.Trigger,
        _ => ArgumentGrammar.None,
    };

    private static RawArguments Cut(RawArguments arguments, ArgumentGrammar grammar, string name, char escape)
    {
        if (arguments.Text.Length == 0)
            return arguments;
        return grammar switch
        {
            ArgumentGrammar.None or ArgumentGrammar.Trigger => arguments,
            ArgumentGrammar.JsonOrText => JsonOr(arguments, arguments.Text, static text => [text]),
            ArgumentGrammar.JsonOrList => JsonOr(arguments, arguments.Text, WordSplitter.SplitAtBlanks),
            ArgumentGrammar.List => arguments with { Values = WordSplitter.SplitAtBlanks(arguments.Text) },
            ArgumentGrammar.Text => arguments with { Values = [arguments.Text] },
            ArgumentGrammar.QuotedWords => arguments with { Values = WordSplitter.SplitQuoted(arguments.Text, escape) },
            ArgumentGrammar.Pairs => CutPairs(arguments, name, escape),
            ArgumentGrammar.Healthcheck => CutHealthcheck(arguments),
        };
    }

    private static RawArguments JsonOr(RawArguments arguments, string text, Func<string, IReadOnlyList<string>> otherwise) =>
        JsonStringArray.Parse(text, arguments.Span) is { } strings
            ? arguments with { Values = strings, IsJson = true }
            : arguments with { Values = otherwise(text) };

    private static RawArguments CutPairs(RawArguments arguments, string name, char escape)
    {
        IReadOnlyList<string> words = WordSplitter.SplitQuoted(arguments.Text, escape);
        if (words.Count > 0 && !words[0].Contains('='))
        {
            (string first, string? rest) = WordSplitter.SplitOnce(arguments.Text);
            return rest is null
                ? throw DiagnosticRules.MissingArguments.Error($"{name} must have two arguments", arguments.Span)
                : arguments with { Values = [first, rest], IsLegacyPair = true };
        }
        foreach (string word in words)
            if (!word.Contains('='))
                throw DiagnosticRules.MissingEqualsSign.Error(
                    $"Syntax error - can't find = in \"{word}\". Must be of the form: name=value", arguments.Span);
        return arguments with { Values = words };
    }

    private static RawArguments CutHealthcheck(RawArguments arguments)
    {
        string text = arguments.Text;
        int blank = 0;
        while (blank < text.Length && !char.IsWhiteSpace(text[blank]))
            blank++;
        string type = text[..blank], command = text[blank..].TrimStart();
        if (command.Length == 0)
            return arguments with { Values = [type] };
        RawArguments cut = JsonOr(arguments, command, static text => [text]);
        return cut with { Values = [type, .. cut.Values] };
    }
}
