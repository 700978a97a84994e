// SPDX-License-Identifier: Apache-2.0
using System.Numerics;

namespace Kiln.Dockerfile.Instructions;

/// <summary>
/// Durations as Go's time.ParseDuration reads them: perhaps a sign, then numbers that each have a unit, as in `1m30s`. Only zero
/// needs no unit.
/// </summary>
public static class GoDuration
{
    public const long Millisecond = 1_000_000;

    /// <summary>In nanoseconds; null where the text is no duration or too long a one.</summary>
    public static long? Parse(string text)
    {
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> rest = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        if (rest is "0")
            return 0;
        if (rest.IsEmpty)
            return null;

        BigInteger total = 0;
        while (!rest.IsEmpty)
        {
            ReadOnlySpan<char> whole = Take(ref rest, char.IsAsciiDigit);
            bool pointed = rest.StartsWith('.');
            if (pointed)
                rest = rest[1..];
            ReadOnlySpan<char> fraction = pointed ? Take(ref rest, char.IsAsciiDigit) : [];
            ReadOnlySpan<char> unit = Take(ref rest, static c => c != '.' && !char.IsAsciiDigit(c));
            if ((whole.IsEmpty && fraction.IsEmpty) || UnitOf(unit) is not { } nanoseconds)
                return null;
            BigInteger digits = BigInteger.Parse($"0{whole}{fraction}");
            total += digits * nanoseconds / BigInteger.Pow(10, fraction.Length);
        }
        total = negative ? -total : total;
        return total >= long.MinValue && total <= long.MaxValue ? (long)total : null;
    }

    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> rest, Func<char, bool> belongs)
    {
        int length = 0;
        while (length < rest.Length && belongs(rest[length]))
            length++;
        ReadOnlySpan<char> taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static long? UnitOf(ReadOnlySpan<char> unit) => unit switch
    {
        "ns" => 1,
        "us" or "\u00b5s" or "\u03bcs" => 1_000,
        "ms" => Millisecond,
        "s" => 1_000 * Millisecond,
        "m" => 60_000 * Millisecond,
        "h" => 3_600_000 * Millisecond,
        _ => null,
    };
}
