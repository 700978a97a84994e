// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Ignore;

/// <summary>
/// Reads the patterns of ignore files. Docker checks that filepath.Match could read one, and then writes a regular expression from
/// it, a character at a time and without a look at brackets. So both are done here: the same text is written, and read as far as
/// such texts go. That is why `[*]` is no literal star, and `[[:digit:]]` and `\d` are digits.
/// </summary>
internal static class IgnoreCompiler
{
    private const string Directories = "(.*/)?";

    /// <summary>The program of a pattern; null where it is malformed.</summary>
    public static GlobProgram? Compile(string pattern) =>
        GlobCompiler.Compile(pattern) is null ? null : Read([.. Write(pattern).EnumerateRunes()]);

    private static string Write(string pattern)
    {
        var text = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/')
                        i++;
                    text.Append(i + 1 == pattern.Length ? ".*" : Directories);
                    break;
                case '*':
                    text.Append("[^/]*");
                    break;
                case '?':
                    text.Append("[^/]");
                    break;
                case '\\':
                    text.Append('\\').Append(pattern[++i]);
                    break;
                case '.' or '+' or '(' or ')' or '|' or '{' or '}' or '$':
                    text.Append('\\').Append(pattern[i]);
                    break;
                default:
                    text.Append(pattern[i]);
                    break;
            }
        }
        return text.ToString();
    }

    private static GlobProgram? Read(Rune[] text)
    {
        var states = new List<GlobState>();
        for (int i = 0; i < text.Length;)
        {
            Rune rune = text[i++];
            switch (rune.Value)
            {
                case '(':
                    i += Directories.Length - 1;
                    states.AddRange([new GlobState(GlobStateKind.Directories), new GlobState(GlobStateKind.InDirectories)]);
                    break;
                case '.':
                    i++;
                    states.Add(new GlobState(GlobStateKind.Anything));
                    break;
                case '[':
                    if (RegexClass.Read(text, ref i) is not { } characters)
                        return null;
                    bool repeated = i < text.Length && text[i].Value == '*';
                    if (repeated)
                        i++;
                    states.Add(new GlobState(repeated ? GlobStateKind.ClassRun : GlobStateKind.Class, Class: characters));
                    break;
                case '^':
                    states.Add(new GlobState(GlobStateKind.Start));
                    break;
                case '\\':
                    if (RegexClass.ReadEscape(text, ref i) is not { } escaped)
                        return null;
                    states.Add(new GlobState(GlobStateKind.Class, Class: new CharacterClass(Negated: false, escaped)));
                    break;
                default:
                    states.Add(new GlobState(GlobStateKind.Literal, rune));
                    break;
            }
        }
        return new GlobProgram([.. states]);
    }
}
