// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Kiln.Linux.Files;

/// <summary>
/// Owners, modes and devices of the files of one file system, by inode, for a builder that can put none of them on disk: an ordinary user without a user namespace. A file without a record is root's,
/// with the mode that it has. Whoever makes a file says what it is, for its inode may have been another's; whoever writes a mode writes <see cref="InodeRecord.ModeOnDisk"/>.
/// It may be used on several threads.
/// </summary>
public sealed class InodeRecords
{
    private readonly ConcurrentDictionary<ulong, InodeRecord> _records = new();

    /// <summary>Called with the inode of a file before it is recorded; on the thread that does it.</summary>
    public event Action<ulong>? Recorded;

    /// <summary>Those that are recorded, while more may be.</summary>
    public IEnumerable<ulong> Inodes => _records.Select(pair => pair.Key);

    /// <summary>How many files are not what the disk says.</summary>
    public int Count => _records.Count;

    /// <summary>Null for a file that is root's and has the mode that is on disk.</summary>
    public InodeRecord? Find(ulong inode) => _records.GetValueOrDefault(inode);

    /// <summary>What a file of the disk is, its type and permission bits too.</summary>
    public InodeRecord Of(FileStatus status) => Find(status.Inode) ?? new InodeRecord(status.Type, status.Mode, 0, 0);

    /// <summary>Says what a file is; one that is what the disk says needs no record.</summary>
    public void Set(ulong inode, InodeRecord record)
    {
        if (record.IsPlain)
            _records.TryRemove(inode, out _);
        else
            Keep(inode, record);
    }

    /// <summary>Says what a file is whose mode on disk is what it happens to be.</summary>
    public void Set(ulong inode, int modeOnDisk, InodeRecord record)
    {
        if (record is { Uid: 0, Gid: 0, Capabilities.IsEmpty: true, Type: not (FileType.CharacterDevice or FileType.BlockDevice) } && record.Mode == modeOnDisk)
            _records.TryRemove(inode, out _);
        else
            Keep(inode, record);
    }

    /// <summary>The file is gone.</summary>
    public void Remove(ulong inode) => _records.TryRemove(inode, out _);

    private void Keep(ulong inode, InodeRecord record)
    {
        Recorded?.Invoke(inode);
        _records[inode] = record;
    }
}
