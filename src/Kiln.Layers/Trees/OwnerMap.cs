// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Kiln.Layers.Trees;

/// <summary>
/// Which owners the builder can put on disk: the ids of its user namespace (user_namespaces(7), `/proc/self/uid_map`). Others are recorded
/// in the index alone, and the file on disk is root's.
/// </summary>
public sealed class OwnerMap
{
    private readonly IReadOnlyList<(long First, long Count)> _uids;
    private readonly IReadOnlyList<(long First, long Count)> _gids;

    private OwnerMap(IReadOnlyList<(long, long)> uids, IReadOnlyList<(long, long)> gids) => (_uids, _gids) = (uids, gids);

    /// <summary>Nothing can be given to anybody: an ordinary user without a user namespace.</summary>
    public static OwnerMap None { get; } = new([], []);

    /// <summary>What the kernel says of this process; nobody else can be given anything by somebody who is not root here.</summary>
    public static OwnerMap OfThisProcess() =>
        Environment.IsPrivilegedProcess ? Parse(File.ReadAllText("/proc/self/uid_map"), File.ReadAllText("/proc/self/gid_map")) : None;

    /// <summary>From the texts of `/proc/self/uid_map` and `gid_map`.</summary>
    public static OwnerMap Parse(string uidMap, string gidMap) => new(ParseMap(uidMap), ParseMap(gidMap));

    public uint RepresentUid(uint uid) => Contains(_uids, uid) ? uid : 0;

    public uint RepresentGid(uint gid) => Contains(_gids, gid) ? gid : 0;

    internal bool CanSetOwners => _uids.Count > 0;

    private static bool Contains(IReadOnlyList<(long First, long Count)> ranges, uint id)
    {
        foreach ((long first, long count) in ranges)
            if (id >= first && id < first + count)
                return true;
        return false;
    }

    private static List<(long, long)> ParseMap(string text)
    {
        var ranges = new List<(long, long)>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ranges.Add((long.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[2], CultureInfo.InvariantCulture)));
        }
        return ranges;
    }
}
