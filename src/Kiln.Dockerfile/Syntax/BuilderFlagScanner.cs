// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Syntax;

/// <summary>
/// Finds the flags before the arguments of an instruction. Docker scans bytes and takes each for a character, so that `ü` in a
/// flag becomes two characters, and the bytes 0x85 and 0xA0 are blanks. A backslash makes the next one literal, whatever the
/// escape directive says: extractBuilderFlags of BuildKit's parser is not told of it.
/// </summary>
internal ref struct BuilderFlagScanner
{
    private readonly LogicalLine _line;
    private readonly int _start;
    private readonly byte[] _bytes;
    private int _position;

    private BuilderFlagScanner(LogicalLine line, int start)
    {
        _line = line;
        _start = start;
        _bytes = Encoding.UTF8.GetBytes(line.Text[start..]);
    }

    /// <summary>The flags from a place in the line, and the place where the arguments begin.</summary>
    public static (IReadOnlyList<BuilderFlag> Flags, int ArgumentsStart) Scan(LogicalLine line, int start)
    {
        // Most instructions have none, and need no bytes.
        ReadOnlySpan<char> rest = line.Text.AsSpan(start);
        if (!rest.TrimStart(" \t\n\v\f\r").StartsWith("--"))
            return ([], start);
        var scanner = new BuilderFlagScanner(line, start);
        return (scanner.ReadFlags(), scanner.OffsetOf(scanner._position));
    }

    private List<BuilderFlag> ReadFlags()
    {
        var flags = new List<BuilderFlag>();
        while (true)
        {
            while (_position < _bytes.Length && IsBlank(_bytes[_position]))
                _position++;
            if (!_bytes.AsSpan(_position).StartsWith("--"u8))
                return flags;
            int start = OffsetOf(_position);
            string word = ReadWord();
            if (word is "--")
                return flags;
            int equals = word.IndexOf('=');
            flags.Add(new BuilderFlag(
                equals < 0 ? word[2..] : word[2..equals],
                equals < 0 ? null : word[(equals + 1)..],
                _line.SpanOf(start, OffsetOf(_position) - start)));
        }
    }

    private string ReadWord()
    {
        var word = new StringBuilder();
        char quote = '\0';
        for (; _position < _bytes.Length; _position++)
        {
            char c = (char)_bytes[_position];
            if (quote == '\0' && IsBlank(_bytes[_position]))
                break;
            if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '\'' or '"')
                quote = c;
            else if (c != '\\')
                word.Append(c);
            else if (++_position < _bytes.Length)
                word.Append((char)_bytes[_position]);
            else
                break;
        }
        return word.ToString();
    }

    private readonly int OffsetOf(int position) => _start + Encoding.UTF8.GetCharCount(_bytes.AsSpan(0, position));

    private static bool IsBlank(byte value) => char.IsWhiteSpace((char)value);
}
