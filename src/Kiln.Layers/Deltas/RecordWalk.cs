// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>
/// Walks a tree beside the record of what it was: one system call for each file, and no allocation for those that did not change. A directory in which
/// nothing changed keeps its record.
/// </summary>
/// <param name="records">What is said of the files beside the disk; null where nothing is.</param>
/// <param name="cancellationToken">Ends the walk.</param>
/// <param name="differences">Hears of what changed; null where nobody asks.</param>
/// <param name="moved">What is as it was but for its change time.</param>
internal sealed class RecordWalk(InodeRecords? records, CancellationToken cancellationToken, TreeDifferences? differences = null, MovedFiles? moved = null)
{
    /// <summary>For each depth what a directory there is read into.</summary>
    private readonly List<(DirectoryListing Listing, List<byte> Names, List<RecordedEntry> Entries)> _levels = [];

    internal RecordedDirectory Run(DirectoryHandle tree, RecordedDirectory before) => Walk(tree, UnixPath.Root, before, 0);

    private RecordedDirectory Walk(DirectoryHandle directory, UnixPath path, RecordedDirectory before, int depth)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (path.Bytes.Length > UnixPath.LongestPath)
            throw new ErrnoException("openat2", Errno.ENAMETOOLONG, $"{path.ToString()[..100]}...");
        if (_levels.Count == depth)
            _levels.Add((new DirectoryListing(), [], []));
        (DirectoryListing listing, List<byte> names, List<RecordedEntry> entries) = _levels[depth];
        names.Clear();
        entries.Clear();
        bool[] seen = new bool[before.Entries.Length];
        bool changed = false;
        int next = 0;
        listing.Read(directory);
        while (listing.MoveNext())
        {
            if (listing.FindStatus(directory) is not { } status)
                continue;
            // No archive can hold a socket: what was in its place is gone all the same.
            if (status.Type == FileType.Socket)
                continue;
            InodeRecord? record = records?.Find(status.Inode);
            int index = before.Find(listing.Name, next);
            RecordedEntry old = index < 0 ? default : before.Entries[index];
            bool sameOnDisk = index >= 0 && old.IsSame(status, moved);
            bool same = sameOnDisk && ReferenceEquals(old.Record, record);
            if (index >= 0)
            {
                seen[index] = true;
                changed |= index != entries.Count;
                next = index + 1;
            }
            if (!same || status is { LinkCount: > 1, Type: not FileType.Directory })
                differences?.Visit(directory, path.Append(listing.Name), status, same, sameOnDisk);
            RecordedDirectory? below = null;
            if (status.Type == FileType.Directory)
            {
                UnixPath name = UnixPath.Root.Append(listing.Name);
                using DirectoryHandle inner = directory.OpenDirectory(name);
                below = Walk(inner, path.Append(name), old.Directory ?? TreeRecord.Nothing, depth + 1);
            }
            changed |= !same || below != old.Directory || old.ChangeTime != status.ChangeTime;
            names.AddRange(listing.Name);
            entries.Add(new RecordedEntry(names.Count, status.Inode, status.ChangeTime, status.Size, status.Mode, below, record));
        }
        for (int i = 0; i < seen.Length; i++)
            if (!seen[i])
                differences?.Miss(path.Append(before.NameOf(i)));
        return changed || entries.Count != seen.Length ? new RecordedDirectory([.. names], [.. entries]) : before;
    }
}
