// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>
/// What a tree looked like before a step ran in it, and so what the step changed: for where there is no overlay whose upper directory would tell. Every
/// write, chmod or rename moves the inode's change time (inode(7)), which no program can set back.
/// </summary>
public sealed class TreeRecord
{
    private readonly DirectoryHandle _tree;
    private readonly Dictionary<UnixPath, FileStatus> _before = [];

    private TreeRecord(DirectoryHandle tree) => _tree = tree;

    /// <summary>Walks a tree as it is now. The handle stays the caller's.</summary>
    public static TreeRecord Take(DirectoryHandle tree, CancellationToken cancellationToken)
    {
        var record = new TreeRecord(tree);
        Walk(tree, UnixPath.Root, (_, path, status) => record._before[path] = status, cancellationToken);
        return record;
    }

    /// <summary>Walks it again, and makes a delta of the differences.</summary>
    public LayerDelta Compare(StackView below, OwnerMap owners, CancellationToken cancellationToken)
    {
        var delta = new LayerDelta();
        var present = new HashSet<UnixPath>();
        var directories = new HashSet<UnixPath> { UnixPath.Root };
        var changedFiles = new HashSet<object>();
        var unchangedNames = new List<(object Group, LayerEntry Entry)>();
        Walk(
            _tree,
            UnixPath.Root,
            (directory, path, status) =>
            {
                if (status.Type == FileType.Socket)
                    return; // No archive can hold one: what was in its place is gone all the same.
                present.Add(path);
                if (status.Type == FileType.Directory)
                    directories.Add(path);
                object? group = status is { LinkCount: > 1, Type: not FileType.Directory } ? (status.FileSystem, status.Inode) : null;
                bool same = _before.TryGetValue(path, out FileStatus before) && IsSame(before, status);
                if (same && group is null)
                    return;
                LayerEntry entry = EntryOnDisk.Describe(directory, path, status, directory.GetXattrs(path.Name), below.Find(path)?.Entry, owners);
                if (same || IsUnchanged(entry, below.Find(path)?.Entry))
                {
                    if (group is not null)
                        unchangedNames.Add((group, entry));
                    else if (entry.IsDirectory)
                        delta.Touch(entry);
                    return;
                }
                delta.Put(entry, ContentOf(entry), group);
                if (group is not null)
                    changedFiles.Add(group);
            },
            cancellationToken);
        // A file that got a new name is written with all its names, or the new one would be a copy.
        foreach ((object group, LayerEntry entry) in unchangedNames)
            if (changedFiles.Contains(group))
                delta.Put(entry, ContentOf(entry), group);
        // Below something that is gone, or no directory any more, nothing has to be taken away.
        foreach (UnixPath path in _before.Keys)
            if (!present.Contains(path) && directories.Contains(path.Parent) && below.Find(path) is not null)
                delta.Remove(path);
        return delta;
    }

    private FileSource? ContentOf(LayerEntry entry) => entry.Type == EntryType.File ? new FileSource(_tree, entry.Path) : null;

    private static bool IsSame(FileStatus before, FileStatus now) =>
        before.Inode == now.Inode && before.ChangeTime == now.ChangeTime && before.Size == now.Size && before.Mode == now.Mode;

    /// <summary>
    /// A changed inode with nothing changed: a directory in which names came and went, a file whose mode was set to what it was. A file with a time in
    /// whole seconds may have been written and its time set back, so it counts as changed.
    /// </summary>
    private static bool IsUnchanged(LayerEntry entry, LayerEntry? before) =>
        before is not null && EntryOnDisk.HasMetadataOf(entry, before)
        && (entry.IsDirectory || (before.ModifiedTime == entry.ModifiedTime && (entry.Type != EntryType.File || entry.ModifiedTime.Nanoseconds != 0)));

    private static void Walk(
        DirectoryHandle directory, UnixPath path, Action<DirectoryHandle, UnixPath, FileStatus> visit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (path.Bytes.Length > UnixPath.LongestPath)
            throw new ErrnoException("openat2", Errno.ENAMETOOLONG, $"{path.ToString()[..100]}...");
        foreach (DirectoryEntry name in directory.ReadEntries())
        {
            if (directory.FindStatus(name.Name) is not { } status)
                continue;
            UnixPath child = path.Append(name.Name);
            visit(directory, child, status);
            if (status.Type != FileType.Directory)
                continue;
            using DirectoryHandle inner = directory.OpenDirectory(UnixPath.Root.Append(name.Name));
            Walk(inner, child, visit, cancellationToken);
        }
    }
}
