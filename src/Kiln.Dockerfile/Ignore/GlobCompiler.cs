// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>Reads patterns with Go's filepath.Match's grammar: `*`, `?`, `[...]`, and a backslash that makes the next character literal.</summary>
internal static class GlobCompiler
{
    /// <summary>The program of a pattern; null where it is malformed.</summary>
    /// <param name="extended">Whether `**` crosses slashes and `^` is the start of the path, as in ignore files.</param>
    public static GlobProgram? Compile(string pattern, bool extended)
    {
        Rune[] runes = [.. pattern.EnumerateRunes()];
        var states = new List<GlobState>();
        for (int i = 0; i < runes.Length;)
        {
            Rune rune = runes[i++];
            switch (rune.Value)
            {
                case '*' when extended && i < runes.Length && runes[i].Value == '*':
                    i++;
                    if (i < runes.Length && runes[i].Value == '/')
                        i++;
                    if (i == runes.Length)
                        states.Add(new GlobState(GlobStateKind.Anything));
                    else
                        states.AddRange([new GlobState(GlobStateKind.Directories), new GlobState(GlobStateKind.InDirectories)]);
                    break;
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
                case '^' when extended:
                    states.Add(new GlobState(GlobStateKind.Start));
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
