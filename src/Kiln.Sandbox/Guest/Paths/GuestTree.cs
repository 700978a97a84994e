// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Chroot;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>
/// A supervised step's tree: its root, what its files are recorded to be, and the places in it that lead out of it. Where something is served the tree has an empty directory that nobody may search, not even
/// the builder, so that the kernel's own lookup fails there with EACCES, as it does nowhere else, and the supervisor looks itself.
/// </summary>
internal sealed class GuestTree : IDisposable
{
    private const uint Nobody = 65534; // what a user namespace shows of ids that it does not have

    private readonly DirectoryHandle _root;
    private readonly InodeRecords _records;
    private readonly DeviceNumber _fileSystem;
    private readonly FrozenDictionary<ulong, UnixPath> _served;
    private readonly FrozenDictionary<ulong, MemoryFile> _contents;
    private readonly FrozenSet<ulong> _mountPoints;
    private readonly UnixPath[] _readOnly;
    private readonly uint _ownUid;
    private readonly byte[] _prefix;

    /// <param name="tree">Where it lies.</param>
    /// <param name="records">What its files are.</param>
    /// <param name="mounts">What stands in it for the step.</param>
    /// <param name="served">The directories of it that are served.</param>
    public GuestTree(string tree, InodeRecords records, IReadOnlyList<PlacedMount> mounts, IEnumerable<UnixPath> served)
    {
        _root = DirectoryHandle.Open(tree);
        _records = records;
        FileStatus root = _root.GetStatus(UnixPath.Root);
        (_fileSystem, RootInode) = (root.FileSystem, root.Inode);
        _ownUid = root.Uid;
        _served = served.Where(path => _root.FindStatus(path) is not null).ToFrozenDictionary(path => _root.GetStatus(path).Inode);
        var placed = mounts.Where(mount => _root.FindStatus(mount.Place) is not null).Select(mount => (mount, _root.GetStatus(mount.Place).Inode)).ToList();
        // `/dev` itself is made for the step; what it has below is served in part.
        IEnumerable<UnixPath> above = _served.Values.Select(path => path.Parent).Where(path => !path.IsRoot);
        _mountPoints = [.. _served.Keys, .. above.Select(path => _root.GetStatus(path).Inode), .. placed.Select(pair => pair.Inode)];
        _contents = placed.Where(pair => pair.mount.Content is not null).ToFrozenDictionary(pair => pair.Inode, pair => pair.mount.Content!);
        _readOnly = [.. mounts.Where(mount => mount.IsReadOnly && mount.Content is null).Select(mount => mount.Place)];
        using DirectoryHandle processes = DirectoryHandle.Open("/proc");
        _prefix = GuestPaths.OfOpenDirectory(processes, _root);
    }

    public DirectoryHandle Root => _root;

    public ulong RootInode { get; }

    /// <summary>What the step finds otherwise than the disk has it, whatever is recorded.</summary>
    public IEnumerable<ulong> SpecialInodes => _mountPoints;

    public DeviceNumber FileSystem => _fileSystem;

    public InodeRecords Records => _records;

    /// <summary>Where it lies, as the kernel writes it.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>Whether the kernel's own lookup is to be done again by the supervisor, as it has ended where something is served.</summary>
    public bool IsServed(in FullStatus status, out UnixPath path)
    {
        path = default;
        return status.Type == FileType.Directory && status.FileSystem == _fileSystem && _served.TryGetValue(status.Inode, out path);
    }

    /// <summary>Whether something of the builder's stands there: it cannot be taken away.</summary>
    public bool IsMountPoint(in FullStatus status) => status.FileSystem == _fileSystem && _mountPoints.Contains(status.Inode);

    /// <summary>The content of a file that the tree has empty.</summary>
    public MemoryFile? FindContent(in FullStatus status) => _contents.Count > 0 && status.FileSystem == _fileSystem ? _contents.GetValueOrDefault(status.Inode) : null;

    /// <summary>What a file is to the step. What is on other file systems is root's where it is the builder's.</summary>
    public Seen See(in FullStatus status)
    {
        if (status.FileSystem == _fileSystem && _records.Find(status.Inode) is { } record)
            return new Seen(record.Type, record.Mode, record.Uid, record.Gid, record.Device);
        FileStatus plain = status.Status;
        bool isInTree = status.FileSystem == _fileSystem;
        return new Seen(status.Type, status.Mode, isInTree || IsRoots(plain.Uid) ? 0 : plain.Uid, isInTree || IsRoots(plain.Uid) ? 0 : plain.Gid, plain.Device);
    }

    private bool IsRoots(uint uid) => uid == _ownUid || uid == Nobody;

    /// <summary>A path of the builder's as the step has it; empty where it is not in the tree.</summary>
    public ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith(_prefix))
            return [];
        ReadOnlySpan<byte> rest = path[_prefix.Length..];
        return rest.IsEmpty ? "/"u8 : rest[0] == '/' ? rest : [];
    }

    /// <summary>Whether a place lies in something that was mounted to be read.</summary>
    public bool IsReadOnly(Place place)
    {
        if (_readOnly.Length == 0)
            return false;
        Span<byte> buffer = stackalloc byte[4096];
        if (place.ReadPath(buffer, out int length) != Errno.None)
            return false;
        var path = UnixPath.Clean(Strip(buffer[..length]));
        foreach (UnixPath mount in _readOnly)
            if (path.IsAtOrBelow(mount))
                return true;
        return false;
    }

    public void Dispose() => _root.Dispose();
}
