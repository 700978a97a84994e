// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;

namespace Kiln.Dockerfile.Expansion;

/// <content>`$name` and `${name...}`.</content>
internal sealed partial class WordLexer
{
    /// <summary>Nesting that no person writes, and that would cost the stack.</summary>
    private const int MaxDepth = 200;

    private int _depth;

    private string? ReadVariable()
    {
        if (_depth >= MaxDepth)
            return Fail(DiagnosticRules.BadSubstitution, "syntax error: bad substitution: nested too deeply", "nest fewer variables");
        _depth++;
        int start = _position++;
        string? value = !AtEnd && Next == '{' ? ReadBraced() : ReadPlain();
        if (_fault is { Length: 0 })
            _fault = _fault with { Start = start, Length = _position - start };
        _depth--;
        return value;
    }

    private string ReadPlain()
    {
        string name = ReadName();
        return name.Length == 0 ? "$" : Find(name) ?? (_options.KeepUnset ? "$" + name : "");
    }

    private string? ReadBraced()
    {
        int start = _position++;
        if (AtEnd)
            return MissingBrace();
        if (Next is '{' or '}' or ':')
            return Fail(DiagnosticRules.BadSubstitution, "syntax error: bad substitution");
        string name = ReadName();
        string modifier = TakeRune();
        switch (modifier)
        {
            case "}":
                return Find(name) ?? (_options.KeepUnset ? _text[(start - 1).._position] : "");
            case "+" or "-" or "?" or "#" or "%":
                return ReadModified(name, modifier);
            case "/":
                return ReadReplacement(name);
            case ":" when !AtEnd && Next is '#' or '%':
                return Unsupported(modifier + TakeRune());
            case ":":
                return ReadModified(name, modifier + TakeRune());
            default:
                return Unsupported(modifier);
        }
    }

    /// <summary>
    /// With a colon the word is read before anybody asks whether the modifier is known: a variable that is kept, as where heredocs are
    /// looked for, is kept with any modifier.
    /// </summary>
    private string? ReadModified(string name, string modifier)
    {
        if (ReadPart('}', keepEscapes: modifier is "#" or "%") is not { } word)
            return MissingBrace();

        string? value = Find(name);
        if (_options.KeepUnset && value is null)
            return $"${{{name}{modifier}{word}}}";
        bool present = value is not null && !(modifier.StartsWith(':') && value.Length == 0);
        return modifier switch
        {
            "-" or ":-" => present ? value : word,
            "+" or ":+" => present ? word : "",
            "?" or ":?" => present ? value : Fail(DiagnosticRules.RequiredVariable,
                $"{name}: {(word.Length > 0 ? word : value is null ? "is not allowed to be unset" : "is not allowed to be empty")}"),
            "#" or "%" => Strip(value ?? "", modifier[0], word),
            _ => Unsupported(modifier),
        };
    }

    private string? Strip(string value, char modifier, string word)
    {
        bool longest = word.StartsWith(modifier);
        string text = longest ? word[1..] : word;
        if (PatternOf(text) is not { } pattern)
            return null;
        return modifier == '#' ? pattern.StripPrefix(value, longest) : pattern.StripSuffix(value, longest);
    }

    private string? ReadReplacement(string name)
    {
        bool all = !AtEnd && Next == '/';
        if (all)
            _position++;
        if (ReadPart('/', keepEscapes: true) is not { } pattern)
            return AtEnd ? Fail(DiagnosticRules.BadSubstitution, "syntax error: missing '/' in ${}") : null;
        if (ReadPart('}', keepEscapes: true) is not { } replacement)
            return MissingBrace();

        string? value = Find(name);
        if (_options.KeepUnset && value is null)
            return $"${{{name}/{pattern}/{replacement}}}";
        if (PatternOf(pattern) is not { } compiled)
            return null;
        return all ? compiled.ReplaceAll(value ?? "", replacement) : compiled.ReplaceFirst(value ?? "", replacement);
    }

    /// <summary>A part within the braces. A fault that comes from running into the end is the caller's to name.</summary>
    private string? ReadPart(char stop, bool keepEscapes)
    {
        bool outer = _keepEscapes;
        _keepEscapes = keepEscapes;
        string? part = ReadUntil(stop, new WordList());
        _keepEscapes = outer;
        if (part is null && AtEnd)
            _fault = null;
        return part;
    }

    private SubstitutionPattern? PatternOf(string text)
    {
        if (SubstitutionPattern.Parse(text, out Rune invalid) is { } pattern)
            return pattern;
        Fail(DiagnosticRules.InvalidSubstitutionPattern, $"invalid pattern ({text}) in substitution: invalid escape '\\{invalid}'");
        return null;
    }

    /// <summary>Letters, digits and `_`; digits alone where it begins with one; or one of the shell's special parameters.</summary>
    private string ReadName()
    {
        int start = _position;
        if (AtEnd)
            return "";
        if (RuneHere() is { } first && Rune.IsDigit(first))
        {
            while (RuneHere() is { } digit && Rune.IsDigit(digit))
                _position += digit.Utf16SequenceLength;
        }
        else if (Next is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            _position++;
        }
        else
        {
            while (RuneHere() is { } rune && (Rune.IsLetterOrDigit(rune) || rune.Value == '_'))
                _position += rune.Utf16SequenceLength;
        }
        return _text[start.._position];
    }

    private string? Find(string name)
    {
        string? value = _lookup(name);
        (value is null ? _unset : _set).Add(name);
        return value;
    }

    private Rune? RuneHere() => !AtEnd && Rune.TryGetRuneAt(_text, _position, out Rune rune) ? rune : null;

    /// <summary>The next character; U+FFFD at the end, as Go writes an end of file.</summary>
    private string TakeRune()
    {
        string rune = RuneHere() is { } found ? found.ToString() : "\uFFFD";
        _position = Math.Min(_position + rune.Length, _text.Length);
        return rune;
    }

    private string? MissingBrace() => AtEnd ? Fail(DiagnosticRules.BadSubstitution, "syntax error: missing '}'") : null;

    private string? Unsupported(string modifier) =>
        Fail(DiagnosticRules.UnsupportedModifier, $"unsupported modifier ({modifier}) in substitution", HintFor(modifier));

    /// <summary>What the shells' other modifiers come to here; null where nothing comes near.</summary>
    private static string? HintFor(string modifier) => modifier switch
    {
        ":=" or "=" => "write `:-` for a default: a Dockerfile's variable is not assigned in passing",
        ":#" or ":%" => $"write `{modifier[1]}` or `{modifier[1]}{modifier[1]}`, without the colon",
        ":/" => "write `/` or `//`, without the colon",
        "^" or "," or "@" => "cases are not converted here: do it in a `RUN`",
        "\uFFFD" => "close the brace: `${name}`",
        _ => null,
    };
}
