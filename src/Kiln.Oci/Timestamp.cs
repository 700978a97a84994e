// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.InteropServices;

namespace Kiln.Oci;

/// <summary>
/// A time as images carry it: RFC 3339 with up to nine digits after the second, which .NET's own types would round. It is written
/// back as Go writes it (RFC3339Nano: no trailing zeros, `Z` for UTC). Two are compared by the moment, not by the offset.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Timestamp : IComparable<Timestamp>
{
    private const string WholeSeconds = "yyyy-MM-dd'T'HH:mm:ss";

    /// <summary>Whole seconds, with the offset that was written.</summary>
    private readonly DateTimeOffset _seconds;

    private readonly int _nanoseconds;

    private Timestamp(DateTimeOffset seconds, int nanoseconds)
    {
        _seconds = seconds;
        _nanoseconds = nanoseconds;
    }

    public static Timestamp FromUnixTimeSeconds(long seconds) => new(DateTimeOffset.FromUnixTimeSeconds(seconds), 0);

    public static Timestamp From(DateTimeOffset time)
    {
        long fraction = time.UtcTicks % TimeSpan.TicksPerSecond;
        return new Timestamp(time.ToUniversalTime().AddTicks(-fraction), (int)fraction * (int)TimeSpan.NanosecondsPerTick);
    }

    public static bool TryParse(string? text, out Timestamp timestamp)
    {
        timestamp = default;
        if (text is null || text.Length < 20 || text[10] != 'T')
            return false;

        ReadOnlySpan<char> rest = text.AsSpan(19);
        int nanoseconds = 0;
        if (rest[0] == '.')
        {
            int digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (digits is < 1 or > 9)
                return false;
            nanoseconds = int.Parse(rest.Slice(1, digits).ToString().PadRight(9, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
            rest = rest[(1 + digits)..];
        }
        string offset = rest is "Z" ? "+00:00" : rest.ToString();
        if (offset.Length != 6 || !DateTimeOffset.TryParseExact(
            text[..19] + offset, WholeSeconds + "zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset seconds))
            return false;
        timestamp = new Timestamp(seconds, nanoseconds);
        return true;
    }

    /// <exception cref="FormatException">The text is no RFC 3339 time.</exception>
    public static Timestamp Parse(string text) =>
        TryParse(text, out Timestamp timestamp) ? timestamp : throw new FormatException($"`{text}` is not an RFC 3339 time");

    public DateTimeOffset ToDateTimeOffset() => _seconds.AddTicks(_nanoseconds / TimeSpan.NanosecondsPerTick);

    public int CompareTo(Timestamp other)
    {
        int seconds = _seconds.CompareTo(other._seconds);
        return seconds != 0 ? seconds : _nanoseconds.CompareTo(other._nanoseconds);
    }

    public static bool operator <(Timestamp left, Timestamp right) => left.CompareTo(right) < 0;

    public static bool operator >(Timestamp left, Timestamp right) => left.CompareTo(right) > 0;

    public static bool operator <=(Timestamp left, Timestamp right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Timestamp left, Timestamp right) => left.CompareTo(right) >= 0;

    public override string ToString()
    {
        string fraction = _nanoseconds == 0 ? "" : "." + _nanoseconds.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        string offset = _seconds.Offset == TimeSpan.Zero ? "Z" : _seconds.ToString("zzz", CultureInfo.InvariantCulture);
        return _seconds.ToString(WholeSeconds, CultureInfo.InvariantCulture) + fraction + offset;
    }
}
