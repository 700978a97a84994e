// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Expansion;

/// <summary>Expands the variables of an instruction's values and removes their quotes and escapes.</summary>
/// <param name="escape">The escape character of the file. The bodies of heredocs always have a backslash.</param>
public sealed class WordExpander(char escape)
{
    private readonly LexerOptions _word = new() { Escape = escape };
    private readonly LexerOptions _heredocBody = new() { LiteralQuotes = true };

    /// <param name="span">Where the word stands, for the error.</param>
    public ExpandedWord Expand(string word, VariableLookup lookup, SourceSpan? span) => Expand(word, _word, lookup, span);

    /// <summary>Quotes are data in a body, but escapes are removed.</summary>
    public ExpandedWord ExpandHeredocBody(string body, VariableLookup lookup, SourceSpan? span) => Expand(body, _heredocBody, lookup, span);

    /// <summary>Expands and then cuts at white space that was not quoted, so that one value can become several words.</summary>
    public IReadOnlyList<string> ExpandWords(string word, VariableLookup lookup, SourceSpan? span) => Lex(word, _word, lookup, span).Words;

    private static ExpandedWord Expand(string word, LexerOptions options, VariableLookup lookup, SourceSpan? span)
    {
        LexerResult result = Lex(word, options, lookup, span);
        return new ExpandedWord(result.Text, result.Set, result.Unset);
    }

    private static LexerResult Lex(string word, LexerOptions options, VariableLookup lookup, SourceSpan? span)
    {
        LexerResult result = WordLexer.Lex(word, options, lookup);
        return result.Fault is not { } fault ? result
            : throw fault.Rule.Error($"failed to process \"{word}\": {fault.Message}", span is { } whole ? Narrow(whole, word, fault) : null, fault.Hint);
    }

    /// <summary>The fault's own place, where the word stands in the span as it was given.</summary>
    private static SourceSpan Narrow(SourceSpan span, string word, LexerFault fault)
    {
        SourceSpan found = span.Find(word);
        return found.Length == word.Length ? new SourceSpan(found.Source, found.Start + fault.Start, fault.Length) : span;
    }
}
