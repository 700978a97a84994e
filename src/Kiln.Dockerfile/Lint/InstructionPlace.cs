// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;

namespace Kiln.Dockerfile.Lint;

/// <summary>
/// Where in an instruction a word stands, for the caret. Only its first line is searched, because the line of a finding is the one that the
/// instruction begins in, as BuildKit has it.
/// </summary>
internal static class InstructionPlace
{
    internal static SourceSpan Find(Instruction instruction, IEnumerable<string> words)
    {
        SourceSpan whole = instruction.Span;
        // A trigger of the base image stands in no file: all its spans are the `FROM`.
        if (instruction.Origin.WordSpan == whole)
            return whole;
        string line = whole.Source.Text.Substring(whole.Start, whole.Length).Split('\n')[0];
        int from = instruction.Origin.WordSpan.End - whole.Start;
        foreach (string word in words)
            if (from <= line.Length && IndexOfWord(line, word, from) is >= 0 and var index)
                return new SourceSpan(whole.Source, whole.Start + index, word.Length);
        return whole;
    }

    private static int IndexOfWord(string line, string word, int from)
    {
        for (int index = line.IndexOf(word, from, StringComparison.Ordinal); index >= 0; index = line.IndexOf(word, index + 1, StringComparison.Ordinal))
            if (IsApart(line, index - 1, word[0]) && IsApart(line, index + word.Length, word[^1]))
                return index;
        return -1;
    }

    /// <summary>Whether a neighbour of a word does not belong to it.</summary>
    private static bool IsApart(string line, int neighbour, char edge) =>
        neighbour < 0 || neighbour >= line.Length || !IsNamePart(edge) || !IsNamePart(line[neighbour]);

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c == '_';
}
