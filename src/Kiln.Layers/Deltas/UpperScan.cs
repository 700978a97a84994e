// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>
/// Reads what a step changed off the upper directory of its overlay (kernel: Documentation/filesystems/overlayfs.rst). Cost follows what
/// changed, not what is there. A file that was only copied up, and is as it was, is no change.
/// </summary>
public sealed class UpperScan(DirectoryHandle upper, StackView below, StackTrees trees, OwnerMap owners)
{
    private readonly LayerDelta _delta = new();
    private readonly HashSet<object> _changedFiles = [];
    private readonly Dictionary<object, List<LayerEntry>> _unchangedNames = [];

    public LayerDelta Run(CancellationToken cancellationToken)
    {
        ScanDirectory(upper, UnixPath.Root, below.Root, opaque: false, cancellationToken);
        // A file that got a new name is written with all its names, or the new one would be a copy.
        foreach ((object group, List<LayerEntry> names) in _unchangedNames)
            if (_changedFiles.Contains(group))
                foreach (LayerEntry entry in names)
                    _delta.Put(entry, ContentOf(entry), group);
        return _delta;
    }

    private void ScanDirectory(DirectoryHandle directory, UnixPath path, StackNode? old, bool opaque, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (path.Bytes.Length > UnixPath.LongestPath)
            throw new ErrnoException("openat2", Errno.ENAMETOOLONG, $"{path.ToString()[..100]}...");
        var present = new HashSet<UnixPath>();
        foreach (DirectoryEntry name in directory.ReadEntries())
        {
            UnixPath child = path.Append(name.Name);
            present.Add(child);
            if (directory.FindStatus(name.Name) is { } status)
                ScanEntry(directory, child, status, old?.FindChild(name.Name), opaque, cancellationToken);
        }
        if (!opaque || old is null)
            return;
        // Written as single whiteouts: Docker's layers have no opaque marks.
        foreach ((byte[] name, _) in old.Children)
            if (path.Append(name) is var child && !present.Contains(child))
                _delta.Remove(child);
    }

    /// <param name="directory">The directory that holds the entry.</param>
    /// <param name="path">The entry's path.</param>
    /// <param name="status">What it is now.</param>
    /// <param name="old">What it was.</param>
    /// <param name="hidden">Whether a directory above was made anew, so that nothing of what was below shows through.</param>
    /// <param name="cancellationToken">Ends the scan.</param>
    private void ScanEntry(
        DirectoryHandle directory, UnixPath path, FileStatus status, StackNode? old, bool hidden, CancellationToken cancellationToken)
    {
        if (status is { Type: FileType.CharacterDevice, Device: { Major: 0, Minor: 0 } })
        {
            if (old is not null)
                _delta.Remove(path);
            return;
        }
        if (status.Type == FileType.Socket)
        {
            // A socket is somebody's who has gone, and no archive can hold one: what was in its place is gone all the same.
            if (old is not null)
                _delta.Remove(path);
            return;
        }
        IReadOnlyList<ExtendedAttribute> xattrs = directory.GetXattrs(path.Name);
        LayerEntry entry = EntryOnDisk.Describe(directory, path, status, xattrs, old?.Entry, owners);
        object? group = status is { LinkCount: > 1, Type: not FileType.Directory } ? (status.FileSystem, status.Inode) : null;
        if (!IsUnchanged(entry, old, directory))
        {
            _delta.Put(entry, ContentOf(entry), group);
            if (group is not null)
                _changedFiles.Add(group);
        }
        else if (entry.IsDirectory)
        {
            _delta.Touch(entry);
        }
        else if (group is not null)
        {
            if (!_unchangedNames.TryGetValue(group, out List<LayerEntry>? names))
                _unchangedNames[group] = names = [];
            names.Add(entry);
        }
        if (entry.IsDirectory)
        {
            bool opaque = hidden || xattrs.Any(a => a.Name == EntryOnDisk.OverlayPrefix + "opaque" && a.Value is [(byte)'y']);
            using DirectoryHandle inner = directory.OpenDirectory(UnixPath.Root.Append(path.Name));
            ScanDirectory(inner, path, old is { IsDirectory: true } ? old : null, opaque, cancellationToken);
        }
    }

    private FileSource? ContentOf(LayerEntry entry) => entry.Type == EntryType.File ? new FileSource(upper, entry.Path) : null;

    private bool IsUnchanged(LayerEntry entry, StackNode? old, DirectoryHandle directory) => EntryOnDisk.Compare(entry, old?.Entry) switch
    {
        Likeness.Doubtful => SameContent(entry, old!, directory),
        Likeness likeness => likeness == Likeness.Same,
    };

    private bool SameContent(LayerEntry entry, StackNode old, DirectoryHandle directory)
    {
        using Stream now = new FileSource(directory, UnixPath.Root.Append(entry.Path.Name)).Open();
        using Stream then = trees.Open(entry.Path, old).Open();
        byte[] a = new byte[32 * 1024], b = new byte[32 * 1024];
        while (true)
        {
            int count = now.ReadAtLeast(a, a.Length, throwOnEndOfStream: false);
            int other = then.ReadAtLeast(b, b.Length, throwOnEndOfStream: false);
            if (!a.AsSpan(0, count).SequenceEqual(b.AsSpan(0, other)))
                return false;
            if (count == 0)
                return true;
        }
    }
}
