// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Decodes the inside of a valid JSON string in which `\ud800` and the like may lack their other half.</summary>
internal static class LoneSurrogates
{
    public static string Unescape(string json)
    {
        var units = new StringBuilder();
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                units.Append(json[i]);
                continue;
            }
            i++;
            units.Append(json[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)ushort.Parse(json.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture),
                char literal => literal,
            });
            if (json[i] == 'u')
                i += 4;
        }

        var text = new StringBuilder();
        foreach (Rune rune in units.ToString().EnumerateRunes())
            text.Append(rune.ToString());
        return text.ToString();
    }
}
