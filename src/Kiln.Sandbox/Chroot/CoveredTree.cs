// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Stage;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Chroot;

/// <summary>
/// A step's tree with what would be mounted on it where mounts were permitted: `/dev`, `/proc`, `/sys` and single files. What the image has there is
/// moved aside, and moved back afterwards; neither shows in the times of the directories around.
/// </summary>
internal sealed class CoveredTree : IDisposable
{
    private const int DirectoryMode = 0x1ED; // 0755

    private readonly DirectoryHandle _root;
    private readonly RootTree _tree;
    private readonly ScratchDirectory _aside;
    private readonly DirectoryHandle _kept;
    private readonly Stack<(UnixPath Place, byte[]? Kept)> _covered = [];

    private CoveredTree(string tree, ScratchDirectory aside)
    {
        _root = DirectoryHandle.Open(tree);
        _tree = new RootTree(_root);
        _aside = aside;
        _kept = DirectoryHandle.Open(aside.Path);
    }

    /// <summary>Devices of which no node could be made here, or none that works: the supervisor serves them.</summary>
    public ImmutableArray<string> ServedDevices { get; private set; } = [];

    /// <param name="tree">The tree, which is changed until this is disposed.</param>
    /// <param name="scratch">A directory on the same file system.</param>
    /// <param name="files">Files that the step finds.</param>
    public static CoveredTree Cover(string tree, string scratch, IEnumerable<FileMount> files)
    {
        var covered = new CoveredTree(tree, ScratchDirectory.Create(scratch));
        try
        {
            foreach (string name in new[] { "proc", "sys", "dev" })
                covered.CoverDirectory(UnixPath.Clean(name)).Dispose();
            covered.FillDevices();
            foreach (FileMount file in files)
                covered.CoverFile(file);
            return covered;
        }
        catch
        {
            covered.Dispose();
            throw;
        }
    }

    /// <summary>Everything as it was, but for what the step changed around it.</summary>
    public void Dispose()
    {
        while (_covered.TryPop(out (UnixPath Place, byte[]? Kept) cover))
            Uncover(cover.Place, cover.Kept);
        _root.Dispose();
        _kept.Dispose();
        _aside.Dispose();
    }

    private DirectoryHandle CoverDirectory(UnixPath target)
    {
        UnixPath place = _tree.Resolve(target);
        using DirectoryHandle parent = MoveAside(place);
        using (KeptModifiedTime.Of(parent))
            parent.MakeDirectory(place.Name, DirectoryMode);
        return _root.OpenDirectory(place);
    }

    private void CoverFile(FileMount file)
    {
        UnixPath place = _tree.Resolve(file.Target);
        using DirectoryHandle parent = MoveAside(place);
        using (KeptModifiedTime.Of(parent))
        using (SafeFileHandle made = parent.CreateFile(UnixPath.Root.Append(place.Name), 0x180)) // 0600
        {
            RandomAccess.Write(made, file.Content.Span, 0);
            DirectoryHandle.SetMetadata(made, (file.Uid, file.Gid), file.Mode, UnixTime.Epoch);
        }
    }

    /// <summary>Makes room for a name, parents included, and opens the directory that will hold it.</summary>
    private DirectoryHandle MoveAside(UnixPath place)
    {
        MakeParents(place.Parent);
        DirectoryHandle parent = _root.OpenDirectory(place.Parent);
        byte[]? kept = null;
        if (parent.FindStatus(place.Name) is not null)
        {
            kept = Encoding.ASCII.GetBytes(_covered.Count.ToString(CultureInfo.InvariantCulture));
            using (KeptModifiedTime.Of(parent))
                parent.Move(place.Name, _kept, kept);
        }
        _covered.Push((place, kept));
        return parent;
    }

    private void MakeParents(UnixPath path)
    {
        if (path.IsRoot || _root.FindStatus(path) is not null)
            return;
        MakeParents(path.Parent);
        using DirectoryHandle parent = _root.OpenDirectory(path.Parent);
        using (KeptModifiedTime.Of(parent))
            parent.MakeDirectory(path.Name, DirectoryMode);
        _covered.Push((path, null));
    }

    /// <summary>A directory that the step has removed or put a link in the place of takes back nothing.</summary>
    private void Uncover(UnixPath place, byte[]? kept)
    {
        using DirectoryHandle? parent = _root.FindDirectory(place.Parent);
        if (parent is null)
            return;
        using (KeptModifiedTime.Of(parent))
        {
            // A parent that was made for a file, in which the step has put something of its own, stays.
            if (kept is null && IsOwnDirectory(place) && parent.FindDirectory(UnixPath.Root.Append(place.Name)) is { } directory)
            {
                using (directory)
                    if (directory.ReadEntries().Count > 0)
                        return;
            }
            parent.RemoveTree(place.Name);
            if (kept is not null)
                _kept.Move(kept, parent, place.Name);
        }
    }

    private static bool IsOwnDirectory(UnixPath place) => place.ToString() is not ("proc" or "sys" or "dev");

    private void FillDevices()
    {
        UnixPath place = _tree.Resolve(UnixPath.Clean("dev"));
        using DirectoryHandle directory = _root.OpenDirectory(place);
        ServedDevices = [.. DeviceTree.Devices.Where(name => !TryMakeNode(directory, name))];
        foreach ((string name, string target) in DeviceTree.Links)
            if (name != "ptmx")
                directory.MakeSymbolicLink(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(target));
        MakePlaceholder(directory, "ptmx"u8);
        directory.MakeDirectory("pts"u8, DirectoryMode);
        directory.MakeDirectory("shm"u8, DirectoryMode);
        directory.SetMode("shm"u8, 0x3FF); // 1777
        directory.MakeDirectory("mqueue"u8, DirectoryMode);
    }

    /// <summary>A node of the machine's device. It may be refused (CAP_MKNOD), and on a file system that is mounted nodev it cannot be opened.</summary>
    private static bool TryMakeNode(DirectoryHandle directory, string name)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        using var machine = DirectoryHandle.Open("/dev");
        if (machine.FindStatus(bytes) is not { Type: FileType.CharacterDevice } status)
            return true; // the builder does not have it either, so nobody serves it
        try
        {
            directory.MakeNode(bytes, FileType.CharacterDevice, 0x1B6, status.Device); // 0666
            directory.SetMode(bytes, 0x1B6);
            Errno error = AnsweredFile.Open(directory, [.. bytes, 0], OpenFlags.Read, 0, PathResolve.Beneath | PathResolve.NoLinks, out SafeFileHandle? node);
            node?.Dispose();
            if (error == Errno.EACCES)
                throw new ErrnoException("open", error, name);
            return true; // without a terminal `/dev/tty` cannot be opened anywhere
        }
        catch (ErrnoException e) when (e.Error is Errno.EPERM or Errno.EACCES)
        {
            directory.RemoveTree(bytes);
            MakePlaceholder(directory, bytes);
            return false;
        }
    }

    private static void MakePlaceholder(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        directory.CreateFile(UnixPath.Root.Append(name), 0x1B6).Dispose();
        directory.SetMode(name, 0x1B6); // 0666
    }
}
