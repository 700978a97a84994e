// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>Makes a delta of what a walk found changed in a tree.</summary>
internal sealed class TreeDifferences(DirectoryHandle tree, StackView below, OwnerMap owners)
{
    private readonly LayerDelta _delta = new();
    private readonly HashSet<object> _changedFiles = [];
    private readonly List<(LayerEntry Entry, object? Group)> _doubts = [];
    private readonly List<(object Group, UnixPath Path)> _unchangedNames = [];

    internal List<DoubtfulFile> Doubts { get; } = [];

    /// <summary>A file that may have changed.</summary>
    /// <param name="directory">The directory that holds it.</param>
    /// <param name="path">Its path in the tree.</param>
    /// <param name="status">What it is now.</param>
    /// <param name="same">Whether it is as it was, and only one of several names of a file.</param>
    /// <param name="sameOnDisk">Whether at most what is said of it beside the disk is new.</param>
    internal void Visit(DirectoryHandle directory, UnixPath path, in FileStatus status, bool same, bool sameOnDisk)
    {
        object? group = status is { LinkCount: > 1, Type: not FileType.Directory } ? (status.FileSystem, status.Inode) : null;
        if (same && group is not null)
        {
            _unchangedNames.Add((group, path));
            return;
        }
        StackNode? before = below.Find(path);
        LayerEntry entry = EntryOnDisk.Describe(directory, path, status, directory.GetXattrs(path.Name), before?.Entry, owners);
        // A file that nobody touched is the one of before, whatever time its layer gave it.
        bool isSame = sameOnDisk && before is not null && EntryOnDisk.HasMetadataOf(entry, before.Entry);
        switch (isSame ? Likeness.Same : EntryOnDisk.Compare(entry, before?.Entry))
        {
            case Likeness.Doubtful:
                Doubts.Add(new DoubtfulFile(path, before!));
                _doubts.Add((entry, group));
                break;
            case Likeness.Changed:
                Change(entry, group);
                break;
            default:
                Keep(entry, group);
                break;
        }
    }

    /// <summary>A name that is gone from a directory that is still there.</summary>
    internal void Miss(UnixPath path)
    {
        if (below.Find(path) is not null)
            _delta.Remove(path);
    }

    internal LayerDelta Complete(IReadOnlySet<UnixPath> same)
    {
        foreach ((LayerEntry entry, object? group) in _doubts)
            if (same.Contains(entry.Path))
                Keep(entry, group);
            else
                Change(entry, group);
        // A file that got a new name is written with all its names, or the new one would be a copy.
        foreach ((object group, UnixPath path) in _unchangedNames)
        {
            if (!_changedFiles.Contains(group))
                continue;
            using DirectoryHandle directory = tree.OpenDirectory(path.Parent);
            if (directory.FindStatus(path.Name) is not { } status)
                continue;
            LayerEntry entry = EntryOnDisk.Describe(directory, path, status, directory.GetXattrs(path.Name), below.Find(path)?.Entry, owners);
            _delta.Put(entry, ContentOf(entry), group);
        }
        return _delta;
    }

    private void Change(LayerEntry entry, object? group)
    {
        _delta.Put(entry, ContentOf(entry), group);
        if (group is not null)
            _changedFiles.Add(group);
    }

    private void Keep(LayerEntry entry, object? group)
    {
        if (group is not null)
            _unchangedNames.Add((group, entry.Path));
        else if (entry.IsDirectory)
            _delta.Touch(entry);
    }

    private FileSource? ContentOf(LayerEntry entry) => entry.Type == EntryType.File ? new FileSource(tree, entry.Path) : null;
}
