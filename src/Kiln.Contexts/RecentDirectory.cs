// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Contexts;

/// <summary>
/// Looks at files below a root, and keeps the directory that was looked into last open and the status that was found last: a walk asks of each file several
/// things, and of many files in one directory. May be used by several threads.
/// </summary>
internal sealed class RecentDirectory(DirectoryHandle root) : IDisposable
{
    private readonly Lock _lock = new();
    private DirectoryHandle? _directory;
    private UnixPath _directoryPath;
    private (UnixPath Path, FileStatus Status)? _found;

    /// <summary>The status of a file, or null where there is none of that path.</summary>
    internal FileStatus? FindStatus(UnixPath path)
    {
        if (path.IsRoot)
            return root.FindStatus(path);
        lock (_lock)
        {
            if (_found is { } last && last.Path == path)
                return last.Status;
            if (FindDirectory(path.Parent)?.FindStatus(path.Name) is not { } status)
                return null;
            _found = (path, status);
            return status;
        }
    }

    internal ImmutableArray<byte> ReadLink(UnixPath path)
    {
        lock (_lock)
            return [.. OpenDirectory(path.Parent).ReadLink(path.Name)];
    }

    internal ImmutableArray<ExtendedAttribute> GetXattrs(UnixPath path)
    {
        lock (_lock)
            return [.. OpenDirectory(path.Parent).GetXattrs(path.Name)];
    }

    public void Dispose() => _directory?.Dispose();

    private DirectoryHandle OpenDirectory(UnixPath path) => FindDirectory(path) ?? throw new ErrnoException("openat2", Errno.ENOENT, path.ToString());

    private DirectoryHandle? FindDirectory(UnixPath path)
    {
        if (_directory is not null && _directoryPath == path)
            return _directory;
        DirectoryHandle? found = root.FindDirectory(path);
        if (found is null)
            return null;
        _directory?.Dispose();
        (_directory, _directoryPath) = (found, path);
        return found;
    }
}
