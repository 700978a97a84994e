// SPDX-License-Identifier: Apache-2.0
using Kiln.Dockerfile.Expansion;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// The word that begins a heredoc: digits, `&lt;&lt;`, perhaps `-`, and the name that ends it.
/// </summary>
/// <param name="Name">The word as the shell reads it, without quotes. Variables are not expanded.</param>
/// <param name="Expand">Whether variables in the body are expanded: no part of the name was quoted.</param>
/// <param name="Chomp">Whether leading tabs are removed.</param>
public sealed record HeredocWord(string Name, bool Expand, bool Chomp)
{
    /// <summary>The word; null where it begins no heredoc.</summary>
    public static HeredocWord? Parse(string word)
    {
        ReadOnlySpan<char> rest = word.AsSpan().TrimStart("0123456789");
        if (!rest.StartsWith("<<"))
            return null;
        rest = rest[2..];
        bool chomp = rest.StartsWith('-');
        if (chomp)
            rest = rest[1..];
        string tail = rest.TrimStart(" \t\r\n\f").ToString();
        if (tail.Contains('<'))
            return null;

        var unquoted = WordLexer.Lex(tail, new LexerOptions { KeepUnset = true }, static _ => null);
        if (unquoted.Words is not [string name])
            return null;
        var quoted = WordLexer.Lex(tail, new LexerOptions { KeepUnset = true, KeepQuotes = true }, static _ => null);
        return new HeredocWord(name, Expand: quoted.Words is [string raw] && raw == name, chomp);
    }

    /// <summary>The heredocs of a line, in their order. A line with an unbalanced quote has none.</summary>
    internal static IEnumerable<HeredocWord> FindAll(string line)
    {
        var options = new LexerOptions { KeepUnset = true, KeepQuotes = true, KeepEscapes = true, JoinHeredocBlanks = true };
        LexerResult result = WordLexer.Lex(line, options, static _ => null);
        return result.Words.Select(Parse).OfType<HeredocWord>();
    }
}
