// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>Reads patterns with the grammar of Go's filepath.Match: `*`, `?`, `[...]`, and a backslash that makes the next character literal.</summary>
internal static class GlobCompiler
{
    /// <summary>The program of a pattern; null where it is malformed.</summary>
    public static GlobProgram? Compile(string pattern)
    {
        Rune[] runes = [.. pattern.EnumerateRunes()];
        var states = new List<GlobState>();
        for (int i = 0; i < runes.Length;)
        {
            Rune rune = runes[i++];
            switch (rune.Value)
            {
                case '*':
                    states.Add(new GlobState(GlobStateKind.AnyRun));
                    break;
                case '?':
                    states.Add(new GlobState(GlobStateKind.AnyOne));
                    break;
                case '[':
                    if (CharacterClass.Read(runes, ref i) is not { } characters)
                        return null;
                    states.Add(new GlobState(GlobStateKind.Class, Class: characters));
                    break;
                case '\\':
                    if (i == runes.Length)
                        return null;
                    states.Add(new GlobState(GlobStateKind.Literal, runes[i++]));
                    break;
                default:
                    states.Add(new GlobState(GlobStateKind.Literal, rune));
                    break;
            }
        }
        return new GlobProgram([.. states]);
    }
}
