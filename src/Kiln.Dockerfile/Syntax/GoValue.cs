// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Dockerfile.Syntax;

/// <summary>Values as Go's standard library reads them, which is what Dockerfiles are written for. Null is a text that is none.</summary>
internal static class GoValue
{
    /// <summary>strconv.ParseBool.</summary>
    public static bool? ParseBoolean(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    /// <summary>strconv.ParseUint with base 10 and 32 bits.</summary>
    public static uint? ParseUnsigned(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value) ? value : null;

    /// <summary>strconv.ParseUint with base 8 and 32 bits.</summary>
    public static uint? ParseOctal(string text)
    {
        ulong value = 0;
        foreach (char c in text)
        {
            if (c is < '0' or > '7')
                return null;
            value = value * 8 + (uint)(c - '0');
            if (value > uint.MaxValue)
                return null;
        }
        return text.Length == 0 ? null : (uint)value;
    }

    /// <summary>strconv.ParseInt with base 10 and 32 bits.</summary>
    public static int? ParseInteger(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : null;
}
