// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Chroot;

/// <summary>
/// A step's tree with what would be mounted on it where mounts were permitted: `/dev`, `/proc`, `/sys`, single files, and what the step itself has asked for. Sources of mounts are moved there
/// and back; the tree is the image's again afterwards.
/// </summary>
internal sealed class CoveredTree : IDisposable
{
    private const int DirectoryMode = 0x1ED; // 0755
    private const int TemporaryMode = 0x3FF; // 1777, as a new tmpfs has it

    /// <summary>What the supervisor answers for, whatever lies there.</summary>
    private static readonly UnixPath[] Served = [UnixPath.Clean("proc"), UnixPath.Clean("sys")];

    private static readonly UnixPath Devices = UnixPath.Clean("dev");
    private static readonly UnixPath Terminals = UnixPath.Clean("dev/pts");

    private readonly DirectoryHandle _root;
    private readonly RootTree _tree;
    private readonly CoverFiles _files;
    private readonly TreeCovers _covers;
    private readonly List<PlacedMount> _mounts = [];
    private readonly ShutDirectories? _shut;

    private CoveredTree(string tree, string scratch, InodeRecords? records)
    {
        _root = DirectoryHandle.Open(tree);
        _tree = new RootTree(_root, recordsOwners: false);
        _files = new CoverFiles(records);
        _covers = new TreeCovers(_root, scratch, Moved, records);
        if (records is not null)
            _shut = new ShutDirectories(_root);
    }

    /// <summary>Devices of which no node could be made here, or none that works: the supervisor serves them.</summary>
    public ImmutableArray<string> ServedDevices { get; private set; } = [];

    /// <summary>What lay where something was put, once all is as it was.</summary>
    public MovedFiles Moved { get; } = new();

    /// <summary>What the step has asked for in the tree, in its order.</summary>
    public IReadOnlyList<PlacedMount> Mounts => _mounts;

    /// <summary>What of the step's calls has to be answered for that.</summary>
    public MoreTraps Traps =>
        (_mounts.Count > 0 ? MoreTraps.Changes : MoreTraps.None) | (_mounts.Any(mount => mount.Content is not null) ? MoreTraps.Lookups : MoreTraps.None);

    /// <summary>Whether a mount at a place would not be found there.</summary>
    public static bool IsServed(UnixPath place) => place.IsRoot || Served.Any(place.IsAtOrBelow);

    /// <param name="tree">The tree, which is changed until this is disposed.</param>
    /// <param name="scratch">A directory on the same file system.</param>
    /// <param name="mounts">What the step finds.</param>
    public static CoveredTree Cover(string tree, string scratch, IEnumerable<RunMount> mounts) => Cover(new CoveredTree(tree, scratch, records: null), covered =>
    {
        foreach (UnixPath name in (UnixPath[])[.. Served, Devices])
            covered.MakeDirectory(covered._tree.Resolve(name), DirectoryMode);
        covered.FillDevices();
        foreach (RunMount mount in mounts)
            covered.Add(mount);
    });

    /// <summary>
    /// The same for a builder that may make nothing but files of its own: devices are recorded, and what the supervisor serves is an empty directory that all lookups of the kernel end at.
    /// </summary>
    /// <param name="tree">The tree, which is changed until this is disposed.</param>
    /// <param name="scratch">A directory on the same file system.</param>
    /// <param name="mounts">What the step finds.</param>
    /// <param name="records">What says what the files of the tree are.</param>
    public static CoveredTree CoverShut(string tree, string scratch, IEnumerable<RunMount> mounts, InodeRecords records) => Cover(new CoveredTree(tree, scratch, records), covered =>
    {
        // Whatever the image has there, a link too: the supervisor knows them by their names.
        foreach (UnixPath name in (UnixPath[])[.. Served, Devices])
            covered.MakeDirectory(name, DirectoryMode);
        covered.RecordDevices();
        foreach (RunMount mount in mounts)
            covered.Add(mount);
        foreach (UnixPath served in (UnixPath[])[.. Served, Terminals])
            covered._shut!.Add(served);
    });

    private static CoveredTree Cover(CoveredTree covered, Action<CoveredTree> cover)
    {
        try
        {
            cover(covered);
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
        _shut?.Dispose();
        _covers.Dispose();
        foreach (PlacedMount mount in _mounts)
            mount.Content?.Dispose();
        _root.Dispose();
    }

    private void Add(RunMount mount)
    {
        UnixPath place = _tree.Resolve(mount.Target);
        if (IsServed(place))
            throw DiagnosticRules.RungTooLow.Error($"`{(_shut is null ? "chroot" : "supervised")}` has no mounts at `/{place}`, to which `/{mount.Target}` leads");
        if (_shut is not null && (place == Devices || place.IsAtOrBelow(Terminals)))
            throw DiagnosticRules.RungTooLow.Error($"`supervised` has no mounts at `/{place}`, to which `/{mount.Target}` leads");
        switch (mount)
        {
            case FileMount { IsSecret: true } secret:
                _covers.Put(place, parent => _files.MakePlaceholder(parent, place.Name, secret.Mode, secret.Uid, secret.Gid));
                _mounts.Add(new PlacedMount(place, IsReadOnly: true, IsTemporary: true)
                {
                    Content = _files.MakeContent(secret.Content.Span, secret.Mode, secret.Uid, secret.Gid),
                });
                break;
            case FileMount file:
                MakeFile(place, file);
                break;
            case TemporaryMount:
                MakeDirectory(place, TemporaryMode);
                _mounts.Add(new PlacedMount(place, IsReadOnly: false, IsTemporary: true));
                break;
            case BindMount { Access: BindAccess.Discard }:
                throw new UnreachableException("a build binds copies, which go with their step");
            case BindMount bind:
                _covers.Lend(place, bind.Source);
                _mounts.Add(new PlacedMount(place, bind.Access == BindAccess.ReadOnly, IsTemporary: false));
                break;
        }
    }

    private void MakeDirectory(UnixPath place, int mode) => _covers.Put(place, parent => _files.MakeDirectory(parent, place.Name, mode));

    private void MakeFile(UnixPath place, FileMount file) =>
        _covers.Put(place, parent => _files.MakeFile(parent, place.Name, file.Content.Span, file.Mode, file.Uid, file.Gid));

    private void RecordDevices()
    {
        using DirectoryHandle directory = _root.OpenDirectory(Devices);
        foreach (string name in DeviceTree.Devices)
            _files.MakeDevice(directory, Encoding.ASCII.GetBytes(name), DeviceTree.NumberOf(name));
        _files.MakeDevice(directory, "ptmx"u8, DeviceTree.NumberOf("ptmx"));
        foreach ((string name, string target) in DeviceTree.Links)
            if (name != "ptmx")
                _files.MakeLink(directory, Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(target));
        _files.MakeDirectory(directory, "pts"u8, DirectoryMode);
        _files.MakeDirectory(directory, "shm"u8, TemporaryMode);
        _files.MakeDirectory(directory, "mqueue"u8, TemporaryMode);
    }

    private void FillDevices()
    {
        UnixPath place = _tree.Resolve(Devices);
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
