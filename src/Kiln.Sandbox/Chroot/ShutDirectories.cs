// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Sandbox.Mounts;
using Kiln.Sandbox.Stage;

namespace Kiln.Sandbox.Chroot;

/// <summary>
/// Directories of a step's tree that nobody may search, and beside the tree what is to be found below them all the same: the memory that programs share, and what is mounted in `/dev`.
/// </summary>
internal sealed class ShutDirectories : IDisposable
{
    private const int OwnerDoesAll = 0x1C0;  // 0700
    private const int DirectoryMode = 0x1ED; // 0755
    private const int AnyMayMake = 0x3FF;    // 1777

    private readonly DirectoryHandle _tree;
    private readonly ScratchDirectory _beside;
    private readonly DirectoryHandle _root;
    private readonly CoverFiles _files;
    private readonly TreeCovers _covers;
    private readonly List<DirectoryHandle> _shut = [];
    private readonly Dictionary<UnixPath, string> _open = [];

    /// <param name="tree">The tree.</param>
    /// <param name="scratch">A directory on the same file system.</param>
    /// <param name="records">What says what the files are.</param>
    public ShutDirectories(DirectoryHandle tree, string scratch, InodeRecords records)
    {
        _tree = tree;
        _files = new CoverFiles(records);
        _beside = ScratchDirectory.Create(scratch, records);
        _root = DirectoryHandle.Open(_beside.Path);
        _covers = new TreeCovers(_root, scratch, records);
        _files.MakeDirectory(_root, "dev"u8, DirectoryMode);
        MakeDirectory(UnixPath.Clean("dev/shm"), AnyMayMake);
        MakeDirectory(UnixPath.Clean("dev/mqueue"), AnyMayMake);
    }

    /// <summary>The directories that lie directly in one that is shut, by their paths in the tree: where they are.</summary>
    public IReadOnlyDictionary<UnixPath, string> Open => _open;

    /// <summary>Puts a mount where it is found.</summary>
    public void Add(UnixPath place, RunMount mount)
    {
        switch (mount)
        {
            case TemporaryMount when place.Depth > 1:
                MakeDirectory(place, AnyMayMake);
                break;
            case BindMount bind when place.Depth > 1 && Directory.Exists(bind.Source):
                _covers.Lend(place, bind.Source);
                Register(place);
                break;
            default:
                throw DiagnosticRules.RungTooLow.Error($"`supervised` has no mounts at `/dev` and no files mounted in it: `/{mount.Target}`");
        }
    }

    /// <summary>From now on nobody without capabilities finds anything below them, not even the builder.</summary>
    public void Shut(IEnumerable<UnixPath> directories)
    {
        foreach (UnixPath directory in directories)
        {
            DirectoryHandle handle = _tree.OpenDirectory(directory);
            _shut.Add(handle);
            handle.SetMode(0);
        }
    }

    public void Dispose()
    {
        foreach (DirectoryHandle handle in _shut)
        {
            handle.SetMode(OwnerDoesAll);
            handle.Dispose();
        }
        _covers.Dispose();
        _root.Dispose();
        _beside.Dispose();
    }

    private void MakeDirectory(UnixPath place, int mode)
    {
        _covers.Put(place, parent => _files.MakeDirectory(parent, place.Name, mode));
        Register(place);
    }

    /// <summary>What lies deeper is found through its directory.</summary>
    private void Register(UnixPath place)
    {
        while (place.Depth > 2)
            place = place.Parent;
        _open[place] = Path.Combine(_beside.Path, Encoding.UTF8.GetString(place.Bytes));
    }
}
