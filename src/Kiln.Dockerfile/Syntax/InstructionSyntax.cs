// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Cuts an instruction into its word, flags and arguments.</summary>
internal static class InstructionSyntax
{
    /// <summary>`ONBUILD ONBUILD` is an error anyhow, so that nothing in a third one needs to be looked at.</summary>
    private const int MaxDepth = 2;

    /// <summary>Reads the instruction of a line.</summary>
    public static RawInstruction Parse(LogicalLine line, char escape) => Parse(line, 0, escape, depth: 0);

    private static RawInstruction Parse(LogicalLine line, int start, char escape, int depth)
    {
        string text = line.Text;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        ReadOnlySpan<char> written = text.AsSpan(start).TrimEnd();
        int length = written.IndexOfAny(WordSplitter.Blanks);
        int wordEnd = start + (length < 0 ? written.Length : length);
        string word = text[start..wordEnd];

        (IReadOnlyList<BuilderFlag> flags, int argumentsStart) = BuilderFlagScanner.Scan(line, wordEnd);
        while (argumentsStart < text.Length && char.IsWhiteSpace(text[argumentsStart]))
            argumentsStart++;
        string rest = text.AsSpan(argumentsStart).TrimEnd().ToString();
        var arguments = new RawArguments(line, argumentsStart, rest);
        ArgumentGrammar grammar = GrammarOf(word);
        return new RawInstruction
        {
            Line = line,
            Span = line.Span,
            Word = word,
            WordSpan = line.SpanOf(start, word.Length),
            Flags = flags,
            Arguments = Cut(arguments, grammar, word.ToUpperInvariant(), escape),
            Trigger = grammar is ArgumentGrammar.Trigger && rest.Length > 0 && depth < MaxDepth
                ? Parse(line, argumentsStart, escape, depth + 1)
                : null,
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
            ArgumentGrammar.JsonOrText => JsonOr(arguments, AsOneText),
            ArgumentGrammar.JsonOrList => JsonOr(arguments, WordSplitter.SplitAtBlanks),
            ArgumentGrammar.List => arguments.With(WordSplitter.SplitAtBlanks(arguments.Text)),
            ArgumentGrammar.Text => arguments.With(AsOneText(arguments.Text)),
            ArgumentGrammar.QuotedWords => arguments.With(WordSplitter.SplitQuoted(arguments.Text, escape)),
            ArgumentGrammar.Pairs => CutPairs(arguments, name, escape),
            ArgumentGrammar.Healthcheck => CutHealthcheck(arguments),
        };
    }

    private static IReadOnlyList<TextPart> AsOneText(string text) => [new TextPart(text, 0, text.Length)];

    private static RawArguments JsonOr(RawArguments arguments, Func<string, IReadOnlyList<TextPart>> otherwise) =>
        JsonStringArray.Parse(arguments, 0) is { } strings
            ? arguments.With(strings) with { IsJson = true }
            : arguments.With(otherwise(arguments.Text));

    private static RawArguments CutPairs(RawArguments arguments, string name, char escape)
    {
        IReadOnlyList<TextPart> words = WordSplitter.SplitQuoted(arguments.Text, escape);
        if (words.Count > 0 && !words[0].Text.Contains('='))
        {
            (TextPart first, TextPart? rest) = WordSplitter.SplitOnce(arguments.Text);
            return rest is not { } value
                ? throw DiagnosticRules.MissingArguments.Error(
                    $"{name} must have two arguments", arguments.Span, $"write `{name} {first.Text}=value`")
                : arguments.With([first, value]) with { IsLegacyPair = true };
        }
        foreach (TextPart word in words)
            if (!word.Text.Contains('='))
                throw DiagnosticRules.MissingEqualsSign.Error(
                    $"Syntax error - can't find = in \"{word.Text}\". Must be of the form: name=value", arguments.SpanOf(word));
        return arguments.With(words);
    }

    /// <summary>
    /// The type ends at an ASCII blank: Docker looks for the end byte by byte, so that any other blank makes an unknown type.
    /// </summary>
    private static RawArguments CutHealthcheck(RawArguments arguments)
    {
        string text = arguments.Text;
        int end = text.AsSpan().IndexOfAny(WordSplitter.Blanks), start = end;
        if (end < 0)
            return arguments.With(AsOneText(text));
        while (WordSplitter.Blanks.Contains(text[start]))
            start++;
        var type = TextPart.Of(text, 0, end);
        return JsonStringArray.Parse(arguments, start) is { } strings
            ? arguments.With([type, .. strings]) with { IsJson = true }
            : arguments.With([type, TextPart.Of(text, start, text.Length)]);
    }
}
