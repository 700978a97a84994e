// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Syntax;

/// <summary>The two ways to cut arguments into words.</summary>
internal static class WordSplitter
{
    /// <summary>What separates words where quotes mean nothing: a no-break space is data here.</summary>
    public const string Blanks = " \t\v\f\r";

    /// <summary>Cuts at blanks.</summary>
    public static IReadOnlyList<string> SplitAtBlanks(string text) =>
        text.Split(Blanks.ToCharArray(), StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Cuts off the first word; the rest is null where there is no blank.</summary>
    public static (string First, string? Remainder) SplitOnce(string text)
    {
        int blank = text.AsSpan().IndexOfAny(Blanks);
        return blank < 0 ? (text, null) : (text[..blank], text[blank..].TrimStart(Blanks.ToCharArray()));
    }

    /// <summary>Cuts at any white space outside quotes. Quotes and escapes stay in the words; an escape character at the end is dropped.</summary>
    public static IReadOnlyList<string> SplitQuoted(string text, char escape)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                Flush();
                continue;
            }
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
        Flush();
        return words;

        void Flush()
        {
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
        }
    }
}
