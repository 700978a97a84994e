// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Registry.Hosts;

/// <summary>
/// Reads what configurations are written in of TOML 1.0: tables, arrays of tables, inline tables, arrays, strings on one line, booleans, integers,
/// comments. Strings of several lines, floats and dates are refused.
/// </summary>
/// <exception cref="FormatException">With the line's number.</exception>
internal sealed class TomlReader
{
    // As deep as anybody nests; a file cannot exhaust the stack.
    private const int MaxDepth = 32;

    private readonly string _text;
    private int _at;
    private int _depth;

    private TomlReader(string text) => _text = text;

    public static TomlTable Read(string text) => new TomlReader(text.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal)).ReadDocument();

    private char Current => _at < _text.Length ? _text[_at] : '\0';

    private TomlTable ReadDocument()
    {
        var root = new TomlTable();
        TomlTable table = root;
        while (true)
        {
            SkipSpace(lines: true);
            if (_at == _text.Length)
                return root;
            if (Current == '[')
                table = ReadHeader(root);
            else
                ReadPair(table);
            EndLine();
        }
    }

    private TomlTable ReadHeader(TomlTable root)
    {
        bool isArray = _text.AsSpan(_at).StartsWith("[[");
        _at += isArray ? 2 : 1;
        List<string> keys = ReadKeys();
        Demand(isArray ? "]]" : "]");
        TomlTable parent = Descend(root, keys);
        if (!isArray)
            return Child(parent, keys[^1]);
        var table = new TomlTable();
        switch (parent.Find(keys[^1]))
        {
            case null:
                parent.TryAdd(keys[^1], new List<object> { table });
                break;
            case List<object> list:
                list.Add(table);
                break;
            default:
                throw Error($"`{keys[^1]}` is something else already");
        }
        return table;
    }

    private void ReadPair(TomlTable table)
    {
        List<string> keys = ReadKeys();
        Demand("=");
        SkipSpace(lines: false);
        if (!Descend(table, keys).TryAdd(keys[^1], ReadValue()))
            throw Error($"`{keys[^1]}` is there twice");
    }

    private TomlTable Descend(TomlTable table, List<string> keys)
    {
        foreach (string key in keys.SkipLast(1))
            table = Child(table, key);
        return table;
    }

    /// <summary>The table of that name, which is made where there is none; of an array its last.</summary>
    private TomlTable Child(TomlTable table, string key)
    {
        switch (table.Find(key))
        {
            case TomlTable known:
                return known;
            case List<object> and [.., TomlTable last]:
                return last;
            case null:
                var child = new TomlTable();
                table.TryAdd(key, child);
                return child;
            default:
                throw Error($"`{key}` is no table");
        }
    }

    private List<string> ReadKeys()
    {
        var keys = new List<string>();
        do
        {
            SkipSpace(lines: false);
            keys.Add(Current is '"' or '\'' ? ReadString() : ReadWord());
            SkipSpace(lines: false);
        }
        while (TryTake('.'));
        return keys;
    }

    private string ReadWord()
    {
        int start = _at;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '-')
            _at++;
        return _at > start ? _text[start.._at] : throw Error("a name is missing");
    }

    private object ReadValue()
    {
        if (++_depth > MaxDepth)
            throw Error("values are nested too deep");
        object value = Current switch
        {
            '"' or '\'' => ReadString(),
            '[' => ReadArray(),
            '{' => ReadInlineTable(),
            _ => ReadPlain(),
        };
        _depth--;
        return value;
    }

    private object ReadPlain()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(Current) || Current is '+' or '-' or '_' or '.' or ':'))
            _at++;
        string word = _text[start.._at];
        return word switch
        {
            "true" => true,
            "false" => false,
            _ when long.TryParse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
            "" => throw Error("a value is missing"),
            _ => throw Error($"`{word}` is neither a string in quotes, `true`, `false` nor a number"),
        };
    }

    private List<object> ReadArray()
    {
        var list = new List<object>();
        _at++;
        while (true)
        {
            SkipSpace(lines: true);
            if (TryTake(']'))
                return list;
            list.Add(ReadValue());
            SkipSpace(lines: true);
            if (!TryTake(',') && Current != ']')
                throw Error("an array is not closed");
        }
    }

    private TomlTable ReadInlineTable()
    {
        var table = new TomlTable();
        _at++;
        SkipSpace(lines: false);
        if (TryTake('}'))
            return table;
        do
        {
            SkipSpace(lines: false);
            ReadPair(table);
            SkipSpace(lines: false);
        }
        while (TryTake(','));
        Demand("}");
        return table;
    }

    private string ReadString()
    {
        char quote = Current;
        if (_text.AsSpan(_at).StartsWith(new string(quote, 3)))
            throw Error("strings of several lines are not read here");
        _at++;
        var text = new StringBuilder();
        while (Current != quote)
        {
            if (Current is '\0' or '\n')
                throw Error("a string is not closed");
            text.Append(Current == '\\' && quote == '"' ? ReadEscape() : _text[_at++].ToString());
        }
        _at++;
        return text.ToString();
    }

    private string ReadEscape()
    {
        char kind = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        _at += 2;
        return kind switch
        {
            'b' => "\b",
            't' => "\t",
            'n' => "\n",
            'f' => "\f",
            'r' => "\r",
            '"' => "\"",
            '\\' => "\\",
            'u' => ReadRune(4),
            'U' => ReadRune(8),
            _ => throw Error("a string has an escape that means nothing"),
        };
    }

    private string ReadRune(int digits)
    {
        if (_at + digits <= _text.Length && int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number) && Rune.IsValid(number))
        {
            _at += digits;
            return new Rune(number).ToString();
        }
        throw Error("a string has an escape that means nothing");
    }

    private void SkipSpace(bool lines)
    {
        while (Current is ' ' or '\t' || (lines && Current is '\n' or '#'))
        {
            if (Current == '#')
                SkipComment();
            else
                _at++;
        }
    }

    private void SkipComment()
    {
        while (_at < _text.Length && Current != '\n')
            _at++;
    }

    private void EndLine()
    {
        SkipSpace(lines: false);
        if (Current == '#')
            SkipComment();
        if (_at < _text.Length && Current != '\n')
            throw Error($"`{Current}` stands where the line should end");
    }

    private bool TryTake(char expected)
    {
        if (Current != expected)
            return false;
        _at++;
        return true;
    }

    private void Demand(string expected)
    {
        SkipSpace(lines: false);
        if (!_text.AsSpan(_at).StartsWith(expected))
            throw Error($"`{expected}` is missing");
        _at += expected.Length;
    }

    private FormatException Error(string what) => new($"{what} (line {_text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n') + 1})");
}
