// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// Brackets and escapes as Go's regular expressions have them (github.com/google/re2/wiki/Syntax). Not read are those that stand for
/// a place or a Unicode category, as `\b` and `\pL`: where they turn up, somebody took a backslash for a separator.
/// </summary>
internal static class RegexClass
{
    private static readonly FrozenDictionary<string, string> Posix = new Dictionary<string, string>
    {
        ["alnum"] = "09AZaz",
        ["alpha"] = "AZaz",
        ["ascii"] = "\0\x7F",
        ["blank"] = "\t\t  ",
        ["cntrl"] = "\0\x1F\x7F\x7F",
        ["digit"] = "09",
        ["graph"] = "!~",
        ["lower"] = "az",
        ["print"] = " ~",
        ["punct"] = "!/:@[`{~",
        ["space"] = "\t\r  ",
        ["upper"] = "AZ",
        ["word"] = "09AZ__az",
        ["xdigit"] = "09AFaf",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private const string Space = "\t\n\f\r  ";

    /// <summary>Reads a class whose `[` stands before a position, which moves behind the `]`. Null where it is malformed.</summary>
    public static CharacterClass? Read(ReadOnlySpan<Rune> text, ref int position)
    {
        bool negated = position < text.Length && text[position].Value == '^';
        if (negated)
            position++;
        var ranges = new List<(Rune, Rune)>();
        for (bool first = true; position < text.Length && (first || text[position].Value != ']'); first = false)
        {
            if ((ReadPosix(text, ref position, out bool unknown) ?? ReadRange(text, ref position)) is not { } read || unknown)
                return null;
            ranges.AddRange(read);
        }
        return position++ < text.Length ? new CharacterClass(negated, ranges) : null;
    }

    /// <summary>What an escape stands for whose backslash stands before a position; null where that is nothing.</summary>
    public static IReadOnlyList<(Rune Low, Rune High)>? ReadEscape(ReadOnlySpan<Rune> text, ref int position)
    {
        if (position == text.Length)
            return null;
        Rune rune = text[position++];
        return rune.Value switch
        {
            'd' => Ranges(Posix["digit"]),
            'D' => Complement(Posix["digit"]),
            's' => Ranges(Space),
            'S' => Complement(Space),
            'w' => Ranges(Posix["word"]),
            'W' => Complement(Posix["word"]),
            'a' => Only('\a'),
            'f' => Only('\f'),
            'n' => Only('\n'),
            'r' => Only('\r'),
            't' => Only('\t'),
            'v' => Only('\v'),
            < 128 and var ascii when !char.IsAsciiLetterOrDigit((char)ascii) => Only((char)ascii),
            _ => null,
        };
    }

    /// <summary>`[:name:]` or `[:^name:]`; null where there is none.</summary>
    private static (Rune Low, Rune High)[]? ReadPosix(ReadOnlySpan<Rune> text, ref int position, out bool unknown)
    {
        unknown = false;
        ReadOnlySpan<Rune> rest = text[position..];
        if (rest.Length < 3 || rest[0].Value != '[' || rest[1].Value != ':')
            return null;
        int end = rest[2..].IndexOf([new Rune(':'), new Rune(']')]) + 2;
        if (end < 2)
            return null;
        string name = string.Concat(rest[2..end].ToArray());
        position += end + 2;
        bool negated = name.StartsWith('^');
        unknown = !Posix.TryGetValue(negated ? name[1..] : name, out string? ends);
        return unknown ? [] : negated ? Complement(ends!) : Ranges(ends!);
    }

    private static IReadOnlyList<(Rune Low, Rune High)>? ReadRange(ReadOnlySpan<Rune> text, ref int position)
    {
        if (ReadCharacter(text, ref position) is not { } low)
            return null;
        if (low is not [var single] || position + 1 >= text.Length || text[position].Value != '-' || text[position + 1].Value == ']')
            return low;
        position++;
        return ReadCharacter(text, ref position) is [var end] && end.Low == end.High && single.Low == single.High && single.Low <= end.High
            ? [(single.Low, end.High)]
            : null;
    }

    private static IReadOnlyList<(Rune Low, Rune High)>? ReadCharacter(ReadOnlySpan<Rune> text, ref int position)
    {
        if (position == text.Length)
            return null;
        Rune rune = text[position++];
        return rune.Value == '\\' ? ReadEscape(text, ref position) : [(rune, rune)];
    }

    private static (Rune Low, Rune High)[] Only(char c) => [(new Rune(c), new Rune(c))];

    /// <summary>Ranges from their ends, written one behind the other.</summary>
    private static (Rune Low, Rune High)[] Ranges(string ends) =>
        [.. ends.Chunk(2).Select(pair => (new Rune(pair[0]), new Rune(pair[^1])))];

    /// <summary>Everything but some ASCII ranges, which are in order and do not touch.</summary>
    private static (Rune Low, Rune High)[] Complement(string ends)
    {
        var result = new List<(Rune, Rune)>();
        int next = 0;
        foreach ((Rune low, Rune high) in Ranges(ends))
        {
            if (low.Value > next)
                result.Add((new Rune(next), new Rune(low.Value - 1)));
            next = high.Value + 1;
        }
        result.Add((new Rune(next), new Rune(0x10FFFF)));
        return [.. result];
    }
}
