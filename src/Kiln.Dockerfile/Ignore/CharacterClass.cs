// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>`[a-z]` or `[^a-z]`.</summary>
internal sealed record CharacterClass(bool Negated, IReadOnlyList<(Rune Low, Rune High)> Ranges)
{
    public bool Contains(Rune rune)
    {
        foreach ((Rune low, Rune high) in Ranges)
            if (low <= rune && rune <= high)
                return !Negated;
        return Negated;
    }

    /// <summary>
    /// Reads a class whose `[` stands before a position, which moves behind the `]`. Null where it is malformed: it is empty or
    /// not closed, or a `-` does not stand between two characters.
    /// </summary>
    public static CharacterClass? Read(ReadOnlySpan<Rune> pattern, ref int position)
    {
        bool negated = position < pattern.Length && pattern[position].Value == '^';
        if (negated)
            position++;
        var ranges = new List<(Rune, Rune)>();
        while (position < pattern.Length)
        {
            if (pattern[position].Value == ']' && ranges.Count > 0)
            {
                position++;
                return new CharacterClass(negated, ranges);
            }
            if (ReadCharacter(pattern, ref position) is not { } low)
                return null;
            Rune high = low;
            if (position < pattern.Length && pattern[position].Value == '-')
            {
                position++;
                if (ReadCharacter(pattern, ref position) is not { } end)
                    return null;
                high = end;
            }
            ranges.Add((low, high));
        }
        return null;
    }

    private static Rune? ReadCharacter(ReadOnlySpan<Rune> pattern, ref int position)
    {
        if (position >= pattern.Length || pattern[position].Value is '-' or ']')
            return null;
        if (pattern[position].Value == '\\')
            position++;
        return position < pattern.Length ? pattern[position++] : null;
    }
}
