// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Linux.Accounts;

/// <summary>A user's first line in subuid(5) or subgid(5): ids that the machine's owner lets the user map.</summary>
public readonly record struct SubordinateIds(uint Start, uint Count)
{
    /// <summary>The range of a user, who stands there by name or by number; null where there is none.</summary>
    public static SubordinateIds? Find(string text, string? name, uint uid)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
            if (line.Split(':') is [var owner, var start, var count]
                && (owner == name || owner == uid.ToString(CultureInfo.InvariantCulture))
                && AccountFiles.TryParseId(start, out uint first) && AccountFiles.TryParseId(count, out uint length) && length > 0)
                return new(first, length);
        return null;
    }
}
