// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Dockerfile.Instructions;

/// <summary>Sizes as Docker reads them: `64m`, `1.5GiB`, `100 kb`; a kilo is 1024.</summary>
internal static class ByteSize
{
    private const string Units = "bkmgtp";

    /// <summary>In bytes; null where the text is none.</summary>
    public static long? Parse(string text)
    {
        int digits = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        if (!decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            return null;
        string unit = text[digits..].TrimStart(' ').ToLowerInvariant();
        int power = unit.Length == 0 ? 0 : Units.IndexOf(unit[0]);
        if (power < 0 || !(unit.Length < 2 || unit[1..] is "b" or "ib") || (power == 0 && unit.Length > 1))
            return null;
        long factor = 1L << (10 * power);
        return number <= long.MaxValue / factor ? (long)(number * factor) : null;
    }
}
