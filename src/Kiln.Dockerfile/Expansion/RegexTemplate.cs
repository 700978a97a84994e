// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Kiln.Dockerfile.Expansion;

/// <summary>
/// The replacement of `${v//p/r}`, which Docker hands to Go's regexp package as a template: `$name` and `${name}` stand for what
/// a group matched, and `$$` for a dollar sign. The pattern has no groups, so that all but 0, the whole match, are empty.
/// </summary>
internal static class RegexTemplate
{
    public static void Append(StringBuilder result, string template, string match)
    {
        for (int i = 0; i < template.Length; i++)
        {
            if (template[i] != '$')
            {
                result.Append(template[i]);
            }
            else if (i + 1 < template.Length && template[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (ReadName(template, i + 1) is var (name, end))
            {
                if (name is "0")
                    result.Append(match);
                i = end - 1;
            }
            else
            {
                result.Append('$');
            }
        }
    }

    /// <summary>The name that begins at a place, and the place behind it; null where none does, and the dollar sign is literal.</summary>
    private static (string Name, int End)? ReadName(string template, int start)
    {
        bool braced = start < template.Length && template[start] == '{';
        int nameStart = braced ? start + 1 : start, end = nameStart;
        while (end < template.Length && Rune.TryGetRuneAt(template, end, out Rune rune) && (Rune.IsLetterOrDigit(rune) || rune.Value == '_'))
            end += rune.Utf16SequenceLength;
        if (end == nameStart || (braced && (end == template.Length || template[end] != '}')))
            return null;
        return (template[nameStart..end], braced ? end + 1 : end);
    }
}
