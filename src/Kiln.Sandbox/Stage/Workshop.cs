// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;
using Kiln.Linux.Namespaces;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Stage;

/// <summary>
/// A file system in memory in which the second stage makes what it mounts: files with given content, and places to mount on. It lies
/// over the directory that takes the step's changes, in this mount namespace alone, and goes with the old root; what was bound from it stays.
/// </summary>
internal sealed class Workshop : IDisposable
{
    private readonly string _path;
    private readonly DirectoryHandle _directory;
    private readonly IdMaps _ids;
    private int _made;

    /// <param name="over">Over which directory.</param>
    /// <param name="ids">Whose files can be here.</param>
    public Workshop(string over, IdMaps ids)
    {
        (_path, _ids) = (over, ids);
        using (var memory = DetachedMount.Create("tmpfs", MountAttributes.NoSetId | MountAttributes.NoDevices, ("mode", "0700")))
        using (var place = DirectoryHandle.Open(over))
            memory.AttachAt(place, UnixPath.Root);
        _directory = DirectoryHandle.Open(over);
    }

    /// <summary>A new, empty directory: its path, for calls that want one.</summary>
    public string MakeDirectory()
    {
        string name = NextName();
        _directory.MakeDirectory(Encoding.ASCII.GetBytes(name), 0x1C0); // 0700
        return $"{_path}/{name}";
    }

    /// <summary>Gives a mount a place here and opens the directory it shows.</summary>
    public DirectoryHandle Attach(DetachedMount mount)
    {
        string name = NextName();
        _directory.MakeDirectory(Encoding.ASCII.GetBytes(name), 0x1C0); // 0700
        mount.AttachAt(_directory, UnixPath.Clean(name));
        return _directory.OpenDirectory(UnixPath.Clean(name));
    }

    /// <summary>A mount of a new file.</summary>
    public DetachedMount MakeFile(ReadOnlySpan<byte> content, int mode, uint uid, uint gid)
    {
        UnixPath name = UnixPath.Clean(NextName());
        using (SafeFileHandle file = _directory.CreateFile(name, 0x180)) // 0600
        {
            RandomAccess.Write(file, content, 0);
            DirectoryHandle.SetMetadata(file, (_ids.Users.Represent(uid), _ids.Groups.Represent(gid)), mode, UnixTime.Epoch);
            if (_ids.AreOfOne)
                _ = RecordedOwner.Set(file, FileType.File, uid, gid); // an older kernel's file systems in memory keep no attributes: then it looks like root's
        }
        return DetachedMount.Clone(_directory, name);
    }

    /// <summary>A mount of a copy of a file, which may be changed.</summary>
    public DetachedMount CopyFile(string source)
    {
        UnixPath name = UnixPath.Clean(NextName());
        using (var directory = DirectoryHandle.Open(Path.GetDirectoryName(source)!))
        {
            UnixPath file = UnixPath.Clean(Path.GetFileName(source));
            using var from = new FileStream(directory.OpenFile(file), FileAccess.Read);
            using var to = new FileStream(_directory.CreateFile(name, directory.GetStatus(file).Mode), FileAccess.Write);
            from.CopyTo(to);
        }
        return DetachedMount.Clone(_directory, name);
    }

    public void Dispose() => _directory.Dispose();

    private string NextName() => $"{_made++}";
}
