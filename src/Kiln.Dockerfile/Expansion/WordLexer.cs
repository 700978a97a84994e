// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Expansion;

/// <summary>
/// Reads a word as a shell would: takes away quotes and escapes and puts values in the place of variables. Methods that read
/// return null after a fault, which is kept in a field.
/// </summary>
internal sealed partial class WordLexer
{
    private readonly LexerOptions _options;
    private readonly VariableLookup _lookup;
    private readonly string _text;
    private readonly SortedSet<string> _set = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unset = new(StringComparer.Ordinal);
    private int _position;
    private bool _keepEscapes;
    private LexerFault? _fault;

    private WordLexer(string text, LexerOptions options, VariableLookup lookup)
    {
        _text = text;
        _options = options;
        _lookup = lookup;
        _keepEscapes = options.KeepEscapes;
        _position = text.StartsWith('\uFEFF') ? 1 : 0;
    }

    private bool AtEnd => _position >= _text.Length;

    private char Next => _text[_position];

    public static LexerResult Lex(string text, LexerOptions options, VariableLookup lookup)
    {
        var lexer = new WordLexer(text, options, lookup);
        var words = new WordList();
        string? result = lexer.ReadUntil(stop: null, words);
        return new LexerResult(result ?? "", result is null ? [] : words.ToList(), lexer._set, lexer._unset, lexer._fault);
    }

    /// <summary>Reads to a character, which is consumed, or to the end.</summary>
    private string? ReadUntil(char? stop, WordList words)
    {
        var result = new StringBuilder();
        while (!AtEnd)
        {
            if (Next == stop)
            {
                _position++;
                return result.ToString();
            }
            switch (Next)
            {
                case '$':
                    if (ReadVariable() is not { } value)
                        return null;
                    result.Append(value);
                    words.Add(value);
                    break;
                case '\'' or '"' when !_options.LiteralQuotes:
                    if ((Next == '"' ? ReadDoubleQuoted() : ReadSingleQuoted()) is not { } quoted)
                        return null;
                    result.Append(quoted);
                    words.AddQuoted(quoted);
                    break;
                case '<' when _options.JoinHeredocBlanks:
                    string marker = TakeHeredocMarker();
                    result.Append(marker);
                    words.AddQuoted(marker);
                    break;
                case char c when c == _options.Escape:
                    string escaped = TakeEscaped();
                    result.Append(escaped);
                    words.AddQuoted(escaped);
                    break;
                default:
                    result.Append(Next);
                    words.Add([Next]);
                    _position++;
                    break;
            }
        }
        return stop is { } missing
            ? Fail(DiagnosticRules.BadSubstitution, $"unexpected end of statement while looking for matching {missing}")
            : result.ToString();
    }

    /// <summary>The escape character and the character behind it, of which there is none at the end.</summary>
    private string TakeEscaped()
    {
        int start = _keepEscapes ? _position : _position + 1;
        _position = Math.Min(_position + 2, _text.Length);
        return _text[start.._position];
    }

    private string TakeHeredocMarker()
    {
        int start = _position++;
        if (AtEnd || Next != '<')
            return "<";
        _position++;
        if (!AtEnd && Next == '-')
            _position++;
        while (!AtEnd && Next is ' ' or '\t' or '\r')
            _position++;
        return _text[start.._position];
    }

    private string? ReadSingleQuoted()
    {
        int end = _text.IndexOf('\'', _position + 1);
        if (end < 0)
            return FailFrom(_position, DiagnosticRules.UnbalancedQuote, "unexpected end of statement while looking for matching single-quote");
        string quoted = _options.KeepQuotes ? _text[_position..(end + 1)] : _text[(_position + 1)..end];
        _position = end + 1;
        return quoted;
    }

    private string? ReadDoubleQuoted()
    {
        var result = new StringBuilder();
        int start = _position;
        string quote = _options.KeepQuotes ? "\"" : "";
        result.Append(quote);
        _position++;
        while (!AtEnd)
        {
            switch (Next)
            {
                case '"':
                    _position++;
                    return result.Append(quote).ToString();
                case '$':
                    if (ReadVariable() is not { } value)
                        return null;
                    result.Append(value);
                    break;
                case char c when c == _options.Escape:
                    _position++;
                    bool removed = AtEnd || Next is '"' or '$' || Next == _options.Escape;
                    // Kept, and not removed: twice, which for the pattern engine is one literal escape character.
                    if (_keepEscapes)
                        result.Append(c);
                    if (!removed)
                        result.Append(c);
                    if (removed && !AtEnd)
                        result.Append(_text[_position++]);
                    break;
                default:
                    result.Append(_text[_position++]);
                    break;
            }
        }
        return FailFrom(start, DiagnosticRules.UnbalancedQuote, "unexpected end of statement while looking for matching double-quote");
    }

    /// <summary>A fault of the variable that is being read, which says where it stands.</summary>
    private string? Fail(DiagnosticRule rule, string message, string? hint = null)
    {
        _fault ??= new LexerFault(rule, message) { Hint = hint };
        return null;
    }

    /// <summary>A fault that reaches to the end, which is then read.</summary>
    private string? FailFrom(int start, DiagnosticRule rule, string message)
    {
        _fault ??= new LexerFault(rule, message) { Start = start, Length = _text.Length - start };
        _position = _text.Length;
        return null;
    }
}
