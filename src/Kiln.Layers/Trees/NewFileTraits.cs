// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Layers.Trees;

/// <summary>
/// What a file has as soon as it is made in a tree, found out by making one: then neither its owner nor its mode has to be set again where they are the
/// right ones already, which is true of most files and saves two system calls on each.
/// </summary>
/// <param name="Owner">Whose it is; null where it follows the directory that a file is made in.</param>
/// <param name="Granted">Which permission bits it keeps: not those of the umask, or of a default ACL.</param>
internal readonly record struct NewFileTraits((uint Uid, uint Gid)? Owner, int Granted)
{
    private const int AllPermissions = 0x1FF;
    private const int SetGroupId = 0x400;

    internal static NewFileTraits Probe(DirectoryHandle tree)
    {
        byte[] name = Encoding.ASCII.GetBytes($".kiln-{Guid.NewGuid():N}");
        using NewFile probe = tree.TryCreateFile(name, AllPermissions) ?? throw new ErrnoException("openat2", Errno.EEXIST, Encoding.ASCII.GetString(name));
        FileStatus status = probe.GetStatus();
        tree.Unlink(name);
        bool follows = (tree.GetStatus(UnixPath.Root).Mode & SetGroupId) != 0; // inode(7): what is made in such a directory gets its group
        return new NewFileTraits(follows ? null : (status.Uid, status.Gid), status.Mode);
    }

    /// <summary>Whether what is made with a mode has that mode.</summary>
    internal bool Grants(int mode) => (mode & ~Granted) == 0;
}
