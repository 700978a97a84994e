// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace Kiln.Cli.Rendering.Live;

/// <summary>How many columns of a terminal a text takes, and what of it fits. The texts hold no control characters.</summary>
internal static class Cells
{
    /// <summary>First and last of the ranges whose characters are two columns wide (Unicode's EastAsianWidth.txt, W and F, joined where what is between is not in use).</summary>
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x23E9, 0x23EC), (0x25FD, 0x25FE), (0x2614, 0x2615), (0x26AA, 0x26AB), (0x2705, 0x2705), (0x2728, 0x2728), (0x274C, 0x274C),
        (0x2E80, 0x303E), (0x3041, 0xA4CF), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE6F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6),
        (0x1F300, 0x1F64F), (0x1F680, 0x1F6FF), (0x1F900, 0x1F9FF), (0x20000, 0x3FFFD),
    ];

    internal static int Count(string text) => text.EnumerateRunes().Sum(Count);

    /// <summary>As much of a text as fits.</summary>
    internal static string Clip(string text, int columns)
    {
        if (text.Length <= columns / 2 || Count(text) <= columns)
            return text;
        var clipped = new StringBuilder();
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += Count(rune);
            if (used > columns)
                break;
            clipped.Append(rune);
        }
        return clipped.ToString();
    }

    private static int Count(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
        _ => Wide.Any(range => rune.Value >= range.First && rune.Value <= range.Last) ? 2 : 1,
    };
}
