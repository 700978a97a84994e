// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Mounts;

/// <summary>The mount namespace of a process that has one of its own, mount_namespaces(7).</summary>
public static class MountNamespace
{
    /// <summary>Nothing that is mounted outside later appears here.</summary>
    public static void MakePrivate()
    {
        if (Libc.Mount(null, "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null) != 0)
            throw ErrnoException.Last("mount", "/ private");
    }

    /// <summary>
    /// Makes a directory, which must be a mount, the root, and lets the old root go: no path and no handle leads back to it.
    /// "pivot_root(".", ".")" stacks the old root upon the new one, where it is detached (pivot_root(2), NOTES).
    /// Before that, everything of the old root becomes read-only: one file of it can still be reached, this program's own, by a script whose interpreter is
    /// `/proc/self/exe` (CVE-2019-5736).
    /// </summary>
    public static void PivotTo(DirectoryHandle root)
    {
        using var old = DirectoryHandle.Open("/");
        ChangeDirectory(root);
        if (Libc.PivotRoot(Libc.SYS_pivot_root, ".", ".") != 0)
            throw ErrnoException.Last("pivot_root");
        DetachedMount.Restrict(old.Handle, MountAttributes.ReadOnly);
        if (Libc.Unmount(".", Libc.MNT_DETACH) != 0)
            throw ErrnoException.Last("umount2", "the old root");
    }

    public static void ChangeDirectory(DirectoryHandle directory)
    {
        if (Libc.ChangeDirectory(directory.Handle) != 0)
            throw ErrnoException.Last("fchdir");
    }

    internal static void Mount(string type, string place, string options)
    {
        if (Libc.Mount(type, place, type, 0, options) != 0)
            throw ErrnoException.Last("mount", $"{type} on {place}");
    }
}
