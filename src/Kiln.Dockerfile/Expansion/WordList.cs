// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Expansion;

/// <summary>Collects words: white space ends one, unless it comes quoted.</summary>
internal sealed class WordList
{
    private readonly List<string> _words = [];
    private readonly StringBuilder _word = new();

    public void AddQuoted(ReadOnlySpan<char> text) => _word.Append(text);

    public void Add(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
                EndWord();
            else
                _word.Append(c);
        }
    }

    public IReadOnlyList<string> ToList()
    {
        EndWord();
        return _words;
    }

    private void EndWord()
    {
        if (_word.Length == 0)
            return;
        _words.Add(_word.ToString());
        _word.Clear();
    }
}
