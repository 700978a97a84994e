// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;
using Kiln.Layers.Sources;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Contexts;

/// <summary>
/// A directory as build context, read in place. What is in it belongs to root, as Docker's clients send it; modes, times, links and
/// attributes are as they are on disk. Nothing outside the directory can be named, through links neither.
/// </summary>
public sealed class DirectoryContext(DirectoryHandle root, IContextFilter? filter) : ISourceTree, IDisposable
{
    private readonly RecentDirectory _recent = new(root);

    public LayerEntry? Find(UnixPath path)
    {
        if (!path.IsRoot && filter is not null && filter.IsExcluded(path) && !IsRevealedDirectory(path))
            return null;
        return FindOnDisk(path);
    }

    public IReadOnlyList<byte[]> List(UnixPath directory)
    {
        using DirectoryHandle handle = root.OpenDirectory(directory);
        var names = handle.ReadEntries().Select(e => e.Name).ToList();
        if (filter is not null)
            names.RemoveAll(name => directory.Append(name) is var path && filter.IsExcluded(path) && !IsRevealedDirectory(path));
        names.Sort((a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    public ContentSource Open(UnixPath path) => _recent.FindStatus(path)?.Type switch
    {
        FileType.Socket => new BytesSource(default),
        null or FileType.File => new FileSource(root, path),
        _ => throw new ErrnoException("open", Errno.ENXIO, path.ToString()),
    };

    public object? FindLinkGroup(UnixPath path) =>
        _recent.FindStatus(path) is { LinkCount: > 1, Type: not FileType.Directory } status ? (status.FileSystem, status.Inode) : null;

    public void Dispose()
    {
        _recent.Dispose();
        root.Dispose();
    }

    /// <summary>An excluded directory shows where an exception (`!`) lets something below it be seen.</summary>
    private bool IsRevealedDirectory(UnixPath path)
    {
        if (!filter!.MayRevealBelow(path) || FindOnDisk(path) is not { IsDirectory: true })
            return false;
        using DirectoryHandle handle = root.OpenDirectory(path);
        return handle.ReadEntries().Any(entry => path.Append(entry.Name) is var child && (!filter.IsExcluded(child) || IsRevealedDirectory(child)));
    }

    private LayerEntry? FindOnDisk(UnixPath path)
    {
        // Where a link is on the way, whoever follows links comes back with the path behind it.
        if (_recent.FindStatus(path) is not { } status)
            return null;
        return new LayerEntry
        {
            Path = path,
            Type = status.Type.EntryType,
            Mode = status.Mode,
            Size = status.Type == FileType.File ? status.Size : 0,
            ModifiedTime = status.ModifiedTime,
            LinkText = status.Type == FileType.SymbolicLink ? _recent.ReadLink(path) : [],
            Device = status.Type is FileType.CharacterDevice or FileType.BlockDevice ? status.Device : default,
            Xattrs = path.IsRoot ? [] : _recent.GetXattrs(path),
        };
    }
}
