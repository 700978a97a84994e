// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The two ways to cut arguments into words.</summary>
internal static class WordSplitter
{
    /// <summary>What separates words where quotes mean nothing: a no-break space is data here.</summary>
    public static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\v\f\r");

    /// <summary>Cuts at blanks.</summary>
    public static IReadOnlyList<TextPart> SplitAtBlanks(string text)
    {
        var words = new List<TextPart>();
        for (int position = 0; SkipBlanks(text, position) is var start && start < text.Length;)
        {
            position = FindBlank(text, start);
            words.Add(TextPart.Of(text, start, position));
        }
        return words;
    }

    /// <summary>Cuts off the first word; the rest is null where there is no blank.</summary>
    public static (TextPart First, TextPart? Remainder) SplitOnce(string text)
    {
        int blank = FindBlank(text, 0);
        return (TextPart.Of(text, 0, blank), blank == text.Length ? null : TextPart.Of(text, SkipBlanks(text, blank), text.Length));
    }

    /// <summary>Cuts at any white space outside quotes. Quotes and escapes stay in the words; an escape character at the end is dropped.</summary>
    public static IReadOnlyList<TextPart> SplitQuoted(string text, char escape)
    {
        var words = new List<TextPart>();
        var word = new StringBuilder();
        int start = 0;
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Flush(i);
                continue;
            }
            if (word.Length == 0)
                start = i;
            // In single quotes the escape character is like any other.
            if (c == escape && quote != '\'')
            {
                if (++i < text.Length)
                    word.Append(c).Append(text[i]);
                continue;
            }
            if (quote == '\0' && c is '\'' or '"')
                quote = c;
            else if (c == quote)
                quote = '\0';
            word.Append(c);
        }
        Flush(text.Length);
        return words;

        void Flush(int end)
        {
            if (word.Length > 0)
                words.Add(new TextPart(word.ToString(), start, end - start));
            word.Clear();
        }
    }

    private static int FindBlank(string text, int from)
    {
        int length = text.AsSpan(from).IndexOfAny(Blanks);
        return length < 0 ? text.Length : from + length;
    }

    private static int SkipBlanks(string text, int from)
    {
        int length = text.AsSpan(from).IndexOfAnyExcept(Blanks);
        return length < 0 ? text.Length : from + length;
    }
}
