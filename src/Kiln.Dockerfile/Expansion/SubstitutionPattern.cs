// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Expansion;

/// <summary>
/// The pattern of `${v#p}`, `${v%p}` and `${v/p/r}`: `*` is any run and `?` any one character, both within a line; there are no
/// brackets. Matching follows all ways through the pattern at once, so it never backtracks.
/// </summary>
internal sealed class SubstitutionPattern
{
    private static readonly Rune NewLine = new('\n');

    private readonly Element[] _elements;

    private SubstitutionPattern(Element[] elements) => _elements = elements;

    private enum Kind
    {
        Literal,
        AnyOne,
        AnyRun,
    }

    /// <summary>The pattern; null where a backslash stands before a character that needs none.</summary>
    /// <param name="invalid">That character; U+FFFD where the backslash is the last.</param>
    public static SubstitutionPattern? Parse(string text, out Rune invalid)
    {
        var elements = new List<Element>();
        invalid = Rune.ReplacementChar;
        Rune[] runes = [.. text.EnumerateRunes()];
        for (int i = 0; i < runes.Length; i++)
        {
            switch (runes[i].Value)
            {
                case '*':
                    elements.Add(new Element(Kind.AnyRun, default));
                    break;
                case '?':
                    elements.Add(new Element(Kind.AnyOne, default));
                    break;
                // `}` and `/` are escaped for the sake of the braces around the pattern.
                case '\\' when i + 1 < runes.Length && runes[i + 1].Value is '*' or '?' or '\\' or '}' or '/':
                    elements.Add(new Element(Kind.Literal, runes[++i]));
                    break;
                case '\\':
                    if (i + 1 < runes.Length)
                        invalid = runes[i + 1];
                    return null;
                default:
                    elements.Add(new Element(Kind.Literal, runes[i]));
                    break;
            }
        }
        return new SubstitutionPattern([.. elements]);
    }

    public string StripPrefix(string value, bool longest)
    {
        Rune[] runes = [.. value.EnumerateRunes()];
        return Text(runes.AsSpan(Math.Max(0, MatchAt(runes, longest))));
    }

    public string StripSuffix(string value, bool longest)
    {
        Rune[] runes = [.. value.EnumerateRunes().Reverse()];
        var reversed = new SubstitutionPattern([.. _elements.Reverse()]);
        Span<Rune> rest = runes.AsSpan(Math.Max(0, reversed.MatchAt(runes, longest)));
        rest.Reverse();
        return Text(rest);
    }

    /// <summary>Puts a text in the place of the first match.</summary>
    public string ReplaceFirst(string value, string replacement)
    {
        Rune[] runes = [.. value.EnumerateRunes()];
        for (int start = 0; start <= runes.Length; start++)
            if (MatchAt(runes.AsSpan(start), longest: true) is >= 0 and int length)
                return Text(runes.AsSpan(0, start)) + replacement + Text(runes.AsSpan(start + length));
        return value;
    }

    /// <summary>
    /// Puts an expanded template in the place of every match. A match of nothing does not count directly behind another match.
    /// </summary>
    public string ReplaceAll(string value, string template)
    {
        Rune[] runes = [.. value.EnumerateRunes()];
        var result = new StringBuilder();
        int lastEnd = -1;
        for (int start = 0; start <= runes.Length;)
        {
            int length = MatchAt(runes.AsSpan(start), longest: true);
            if (length > 0 || (length == 0 && start != lastEnd))
            {
                RegexTemplate.Append(result, template, Text(runes.AsSpan(start, length)));
                lastEnd = start + length;
            }
            if (length > 0)
            {
                start += length;
                continue;
            }
            if (start < runes.Length)
                result.Append(runes[start]);
            start++;
        }
        return result.ToString();
    }

    /// <summary>How many characters from the start the pattern matches; -1 where it does not.</summary>
    private int MatchAt(ReadOnlySpan<Rune> runes, bool longest)
    {
        bool[] live = new bool[_elements.Length + 1], next = new bool[_elements.Length + 1];
        live[0] = true;
        int matched = -1;
        for (int i = 0; ; i++)
        {
            for (int state = 0; state < _elements.Length; state++)
                if (live[state] && _elements[state].Kind is Kind.AnyRun)
                    live[state + 1] = true;
            if (live[_elements.Length])
                matched = i;
            if (i == runes.Length || (matched >= 0 && !longest) || !live.AsSpan().Contains(true))
                return matched;
            Array.Clear(next);
            for (int state = 0; state < _elements.Length; state++)
            {
                Element element = _elements[state];
                if (!live[state] || !(element.Kind is Kind.Literal ? element.Rune == runes[i] : runes[i] != NewLine))
                    continue;
                next[element.Kind is Kind.AnyRun ? state : state + 1] = true;
            }
            (live, next) = (next, live);
        }
    }

    private static string Text(ReadOnlySpan<Rune> runes)
    {
        var text = new StringBuilder(runes.Length);
        foreach (Rune rune in runes)
            text.Append(rune);
        return text.ToString();
    }

    private readonly record struct Element(Kind Kind, Rune Rune);
}
