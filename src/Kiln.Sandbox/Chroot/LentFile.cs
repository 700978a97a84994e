// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Chroot;

/// <summary>
/// A file or directory of the builder's that stands in a step's tree meanwhile. It is known by its inode, which stays its own as it is held open: the step cannot have something else taken
/// for it.
/// </summary>
internal sealed class LentFile : IDisposable
{
    private readonly DirectoryHandle _home;
    private readonly byte[] _name;
    private readonly SafeFileHandle _held;
    private readonly ulong _inode;

    private LentFile(DirectoryHandle home, byte[] name, SafeFileHandle held, ulong inode) => (_home, _name, _held, _inode) = (home, name, held, inode);

    public static LentFile Open(string path)
    {
        DirectoryHandle home = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        try
        {
            byte[] name = Encoding.UTF8.GetBytes(Path.GetFileName(path));
            Errno error = AnsweredFile.Open(home, [.. name, 0], OpenFlags.PathOfLink, 0, PathResolve.Beneath, out SafeFileHandle? held);
            return held is not null ? new LentFile(home, name, held, home.GetStatus(UnixPath.Root.Append(name)).Inode) : throw new ErrnoException("open", error, path);
        }
        catch
        {
            home.Dispose();
            throw;
        }
    }

    public void Move(DirectoryHandle to, ReadOnlySpan<byte> name) => _home.Move(_name, to, name);

    /// <summary>Moves it home. The step is over: nobody moves it any more. One that the step has removed is gone.</summary>
    /// <param name="tree">The whole tree, in which it is looked for where it is not where it was put.</param>
    /// <param name="parent">The directory that it was put in.</param>
    /// <param name="name">Under which name.</param>
    public void TakeBack(DirectoryHandle tree, DirectoryHandle parent, ReadOnlySpan<byte> name)
    {
        if (parent.FindStatus(name)?.Inode == _inode)
        {
            parent.Move(name, _home, _name);
        }
        else if (_home.FindStatus(_name) is null && InodeSearch.Find(tree, _inode) is { } path)
        {
            using DirectoryHandle directory = tree.OpenDirectory(path.Parent);
            directory.Move(path.Name, _home, _name);
        }
    }

    public void Dispose()
    {
        _held.Dispose();
        _home.Dispose();
    }
}
