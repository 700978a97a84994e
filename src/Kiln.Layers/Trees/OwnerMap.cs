// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Linux.Files;

namespace Kiln.Layers.Trees;

/// <summary>
/// Which owners the builder can put on disk: the ids of its user namespace (user_namespaces(7), `/proc/self/uid_map`). Others are recorded
/// in the index, and the file on disk is root's; where there is one id alone, with the file too; where there is none, beside the files for the time of the build.
/// </summary>
public sealed class OwnerMap
{
    private readonly IReadOnlyList<(long First, long Count)> _uids;
    private readonly IReadOnlyList<(long First, long Count)> _gids;

    private OwnerMap(IReadOnlyList<(long, long)> uids, IReadOnlyList<(long, long)> gids, bool records = false) =>
        (_uids, _gids, Records) = (uids, gids, records);

    /// <summary>Whether owners that cannot be put on disk are recorded with the file (<see cref="OwnerRecord"/>), so that what has no record is root's.</summary>
    public bool Records { get; }

    /// <summary>What says what the files are, where the disk cannot; null where it can.</summary>
    public InodeRecords? Inodes { get; private init; }

    /// <summary>Nothing can be given to anybody: an ordinary user without a user namespace.</summary>
    public static OwnerMap None { get; } = new([], []);

    /// <summary>The same, where what the files are instead is kept in records, modes, devices and capabilities too.</summary>
    public static OwnerMap KeptIn(InodeRecords records) => new([], []) { Inodes = records };

    /// <summary>What the kernel says of this process; nobody else can be given anything by somebody who is not root here.</summary>
    /// <param name="trees">The directory that trees will be below: where one id alone is mapped, its file system says whether owners can be recorded.</param>
    public static OwnerMap OfThisProcess(string trees)
    {
        if (!Environment.IsPrivilegedProcess)
            return None;
        OwnerMap map = Parse(File.ReadAllText("/proc/self/uid_map"), File.ReadAllText("/proc/self/gid_map"));
        return (IsOfOne(map._uids) || IsOfOne(map._gids)) && RecordedOwner.IsKeptIn(trees) ? new OwnerMap(map._uids, map._gids, records: true) : map;
    }

    /// <summary>
    /// For files that outlive the build: where root is an ordinary user, who entered a user namespace, nothing is given to anybody. He could not remove what belongs to one of his other ids.
    /// </summary>
    public static OwnerMap ForKeeps()
    {
        if (!Environment.IsPrivilegedProcess)
            return None;
        OwnerMap map = Parse(File.ReadAllText("/proc/self/uid_map"), File.ReadAllText("/proc/self/gid_map"));
        return map._uids.Any(range => range is { First: 0, Count: 1 }) ? None : map;
    }

    /// <summary>From the texts of `/proc/self/uid_map` and `gid_map`.</summary>
    public static OwnerMap Parse(string uidMap, string gidMap) => new(ParseMap(uidMap), ParseMap(gidMap));

    public uint RepresentUid(uint uid) => Contains(_uids, uid) ? uid : 0;

    public uint RepresentGid(uint gid) => Contains(_gids, gid) ? gid : 0;

    /// <summary>What a file can be: its owner as far as that can be put on disk, or all of it where records are kept.</summary>
    public InodeRecord Represent(InodeRecord file) => Inodes is not null ? file : file with { Uid = RepresentUid(file.Uid), Gid = RepresentGid(file.Gid) };

    /// <summary>Makes a file that is the builder's what it shall be.</summary>
    public void Give(DirectoryHandle directory, ReadOnlySpan<byte> name, InodeRecord file)
    {
        if (CanSetOwners)
            directory.SetOwner(name, RepresentUid(file.Uid), RepresentGid(file.Gid));
        if (Records)
            RecordedOwner.Set(directory, name, file.Type, file.Uid, file.Gid);
        Inodes?.Set(directory.FindStatus(name)!.Value.Inode, file);
        directory.SetMode(name, Inodes is null ? file.Mode : InodeRecord.ModeOnDisk(file.Type, file.Mode));
    }

    internal bool CanSetOwners => _uids.Count > 0;

    private static bool IsOfOne(IReadOnlyList<(long First, long Count)> ranges) => ranges is [{ Count: 1 }];

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
