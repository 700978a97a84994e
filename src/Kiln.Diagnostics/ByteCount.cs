// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Diagnostics;

/// <summary>Numbers of bytes as people read them.</summary>
public static class ByteCount
{
    /// <summary>In units of 1024, with one digit: `512 B`, `1.5 KiB`, `112.8 MiB`, `2.0 GiB`.</summary>
    public static string Format(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => In(bytes, 1 << 10, "KiB"),
        < 1 << 30 => In(bytes, 1 << 20, "MiB"),
        _ => In(bytes, 1 << 30, "GiB"),
    };

    private static string In(long bytes, double unit, string name) => string.Create(CultureInfo.InvariantCulture, $"{bytes / unit:0.0} {name}");
}
