// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;

namespace Kiln.Sandbox.Stage;

/// <summary>
/// The root file system that a program will see, while only we see it. Paths are resolved here as the program will have them resolved: through the
/// image's own links, absolute ones from the root, `..` never above it. What is made on the way is recorded where it lies in the tree itself.
/// </summary>
/// <param name="root">Its directory.</param>
/// <param name="recordsOwners">Whether owners are recorded with the files, as they cannot be on disk.</param>
/// <param name="records">Where they are recorded beside the tree; null where they are not.</param>
internal sealed class RootTree(DirectoryHandle root, bool recordsOwners, InodeRecords? records = null)
{
    private const int MostLinks = 40; // MAXSYMLINKS, path_resolution(7)

    private readonly DeviceNumber _fileSystem = root.GetStatus(UnixPath.Root).FileSystem;
    private readonly List<UnixPath> _stubs = [];

    public DirectoryHandle Root => root;

    /// <summary>What was made to mount on, parents first.</summary>
    public IReadOnlyList<UnixPath> Stubs => _stubs;

    /// <summary>The same path without links. What does not exist is kept as it is written: a dangling link leads to where its target would be.</summary>
    public UnixPath Resolve(UnixPath path)
    {
        var pending = new Stack<byte[]>();
        Push(pending, path.Bytes);
        UnixPath resolved = UnixPath.Root;
        for (int links = 0; pending.TryPop(out byte[]? name);)
        {
            if (name is [(byte)'.', (byte)'.'])
            {
                resolved = resolved.Parent;
                continue;
            }
            UnixPath next = resolved.Append(name);
            if (root.FindStatus(next)?.Type != FileType.SymbolicLink)
            {
                resolved = next;
                continue;
            }
            if (++links > MostLinks)
                throw new ErrnoException("open", Errno.ELOOP, path.ToString());
            using DirectoryHandle parent = root.OpenDirectory(resolved);
            byte[] target = parent.ReadLink(name);
            if (target is [(byte)'/', ..])
                resolved = UnixPath.Root;
            Push(pending, target);
        }
        return resolved;
    }

    /// <summary>Covers a path with a mount. A file or directory to mount on is made where there is none, as an image's own program would not see it made.</summary>
    public void Attach(DetachedMount mount, UnixPath target, FileType type)
    {
        UnixPath place = Resolve(target);
        if (root.FindStatus(place) is null)
        {
            MakeStubDirectories(place.Parent);
            MakeStub(place, type);
        }
        mount.AttachAt(root, place);
    }

    /// <summary>Makes the directories that are missing on a path, for good, and gives them to their owner.</summary>
    public DirectoryHandle MakeWorkingDirectory(UnixPath path, uint uid, uint gid)
    {
        UnixPath place = Resolve(path);
        foreach (UnixPath missing in MissingOn(place))
        {
            using DirectoryHandle parent = root.OpenDirectory(missing.Parent);
            parent.MakeDirectory(missing.Name, 0x1ED); // 0755
            if (records is not null)
                records.Set(parent.FindStatus(missing.Name)!.Value.Inode, new InodeRecord(FileType.Directory, 0x1ED, uid, gid));
            else if (!recordsOwners)
                parent.SetOwner(missing.Name, uid, gid);
            else if (RecordedOwner.Set(parent, missing.Name, FileType.Directory, uid, gid) is not (Errno.None or Errno.EOPNOTSUPP) and var error)
                throw new ErrnoException("setxattr", error, missing.ToString());
        }
        return root.OpenDirectory(place);
    }

    private void MakeStubDirectories(UnixPath path)
    {
        foreach (UnixPath missing in MissingOn(path))
            MakeStub(missing, FileType.Directory);
    }

    private void MakeStub(UnixPath path, FileType type)
    {
        using DirectoryHandle parent = root.OpenDirectory(path.Parent);
        using (KeptModifiedTime.Of(parent))
        {
            if (type == FileType.Directory)
                parent.MakeDirectory(path.Name, 0x1ED); // 0755
            else
                parent.CreateFile(UnixPath.Clean(path.Name), 0x1A4).Dispose(); // 0644
        }
        // On another file system it lies in what was mounted before, and goes with that.
        if (parent.GetStatus(UnixPath.Root).FileSystem == _fileSystem)
            _stubs.Add(path);
    }

    private List<UnixPath> MissingOn(UnixPath path)
    {
        var missing = new List<UnixPath>();
        for (UnixPath at = path; !at.IsRoot && root.FindStatus(at) is null; at = at.Parent)
            missing.Insert(0, at);
        return missing;
    }

    private static void Push(Stack<byte[]> pending, ReadOnlySpan<byte> path)
    {
        var names = new List<byte[]>();
        foreach (Range range in path.Split((byte)'/'))
            if (path[range] is { IsEmpty: false } name and not [(byte)'.'])
                names.Add(name.ToArray());
        for (int i = names.Count - 1; i >= 0; i--)
            pending.Push(names[i]);
    }
}
