// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;

namespace Kiln.Linux.Namespaces;

/// <summary>A user or group id map, user_namespaces(7).</summary>
public sealed record IdMap(ImmutableArray<IdRange> Ranges)
{
    /// <summary>The map of this process: `/proc/self/uid_map` or `gid_map` (its ids on the left).</summary>
    public static IdMap Parse(string text)
    {
        var ranges = ImmutableArray.CreateBuilder<IdRange>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ranges.Add(new IdRange(Number(words[0]), Number(words[1]), Number(words[2])));
        }
        return new IdMap(ranges.ToImmutable());
    }

    /// <summary>The one id that an unprivileged process may map: its own, to root.</summary>
    public static IdMap RootIs(uint id) => new([new IdRange(0, id, 1)]);

    /// <summary>Every id of the namespace that has this map, under its own number, for a namespace within it.</summary>
    public IdMap Identity() => new([.. Ranges.Select(range => range with { Outside = range.Inside })]);

    /// <summary>Whether the namespace has the id.</summary>
    public bool Contains(uint id) => Ranges.Any(range => id >= range.Inside && id - range.Inside < range.Count);

    /// <summary>The id, or root's where the namespace does not have it.</summary>
    public uint Represent(uint id) => Contains(id) ? id : 0;

    /// <summary>Whether the namespace has one id and no other: nothing can be given to anybody.</summary>
    public bool IsOfOne => Ranges is [{ Count: 1 }];

    /// <summary>As it is written to `uid_map`.</summary>
    public override string ToString() => string.Join('\n', Ranges);

    private static uint Number(string word) => uint.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);
}
