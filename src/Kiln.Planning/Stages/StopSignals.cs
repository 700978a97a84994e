// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Diagnostics;

namespace Kiln.Planning.Stages;

/// <summary>The signals that `STOPSIGNAL` may name: signal(7), with or without `SIG`, in any case, or a number that is not 0.</summary>
internal static class StopSignals
{
    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT",
        "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
        "RTMIN", "RTMAX",
    };

    /// <summary>The signal that a misspelt name means.</summary>
    internal static string? FindMeant(string signal) => Suggestion.Closest(signal, Names.Order(StringComparer.Ordinal).Select(name => $"SIG{name}"));

    internal static bool IsKnown(string signal)
    {
        if (int.TryParse(signal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            return number != 0;
        string name = signal.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? signal[3..] : signal;
        if (Names.Contains(name))
            return true;
        bool fromBelow = name.StartsWith("RTMIN+", StringComparison.OrdinalIgnoreCase);
        return (fromBelow || name.StartsWith("RTMAX-", StringComparison.OrdinalIgnoreCase))
            && int.TryParse(name[6..], NumberStyles.None, CultureInfo.InvariantCulture, out int distance)
            && distance is > 0 and < LastRealTime - FirstRealTime;
    }
}
