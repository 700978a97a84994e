// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// Directories of `/proc` and `/sys` as the step may have them open: copies in its own tree, with empty files under the right names. They go
/// with the covered directories when the step ends. The step may change them, which harms nobody: nothing is read from them.
/// </summary>
/// <param name="tree">Where the copies are.</param>
/// <param name="files">What is served.</param>
/// <param name="members">The step's processes.</param>
/// <param name="hides">Whether a name of a directory is none of the step's; null where all are.</param>
/// <param name="directoryMode">What they are on disk; one that may not write to them needs capabilities to fill them.</param>
/// <param name="gone">Where directories go whose real ones are gone, as processes that have them open are known by their inodes; null where they are not.</param>
internal sealed class StandIns(
    DirectoryHandle tree, VirtualFiles files, StepMembers members, Func<UnixPath, string, bool>? hides = null, int directoryMode = StandIns.DirectoryMode, DirectoryHandle? gone = null)
{
    public const int DirectoryMode = 0x16D; // 0555
    private const int FileMode = 0x124;      // 0444

    private int _gone;

    /// <summary>Opens the copy of a directory, with the names that are there now.</summary>
    public Errno Open(Caller caller, UnixPath path, VirtualNode directory, OpenFlags flags, out SafeFileHandle? opened)
    {
        opened = null;
        if (!flags.IsPath)
            Fill(caller, path, directory);
        else
            Ensure(path);
        return flags.Writes ? Errno.EISDIR
            : AnsweredFile.Open(tree, GuestPaths.ForCall(path), flags.WithoutCreation, 0, PathResolve.Beneath | PathResolve.NoLinks, out opened);
    }

    /// <summary>Makes the directories of a path, empty.</summary>
    public void Ensure(UnixPath path)
    {
        if (path.IsRoot || tree.FindStatus(path) is { Type: FileType.Directory })
            return;
        Ensure(path.Parent);
        using DirectoryHandle parent = tree.OpenDirectory(path.Parent);
        Replace(parent, path.Name, VirtualKind.Directory, []);
    }

    /// <summary>Puts a link where the kernel will look for one in the very next moment.</summary>
    public void PutLink(UnixPath path, ReadOnlySpan<byte> target)
    {
        Ensure(path.Parent);
        using DirectoryHandle parent = tree.OpenDirectory(path.Parent);
        Remove(parent, path.Name);
        parent.MakeSymbolicLink(path.Name, target);
    }

    /// <summary>Makes a directory's names those of the real one, without what is not served.</summary>
    public void Fill(Caller caller, UnixPath path, VirtualNode directory)
    {
        Ensure(path);
        using DirectoryHandle copy = tree.OpenDirectory(path);
        var old = copy.ReadEntries().Select(entry => Encoding.UTF8.GetString(entry.Name)).ToHashSet();
        foreach (string name in Names(caller, path, directory))
        {
            byte[] bytes = Encoding.UTF8.GetBytes(name);
            VirtualNode node = files.Find(caller, path.Append(bytes));
            if (node.Kind == VirtualKind.Missing || hides?.Invoke(path, name) == true)
                continue;
            bool isLink = node.Kind is VirtualKind.Link or VirtualKind.Descriptor or VirtualKind.Sealed;
            // What is there already is what it was, but for links: the same descriptor may be open on another file now.
            if (old.Remove(name) && !isLink)
                continue;
            Replace(copy, bytes, node.Kind, isLink ? LinkText(caller, node) : []);
        }
        foreach (string name in old)
            Remove(copy, Encoding.UTF8.GetBytes(name));
    }

    private IEnumerable<string> Names(Caller caller, UnixPath path, VirtualNode directory)
    {
        bool isTop = path.Depth == 1 && path.Bytes[0] == 'p';
        List<string> names = caller.AsUser(() =>
        {
            using DirectoryHandle real = directory.Base!.OpenDirectory(directory.RealPath);
            return real.ReadEntries().Select(entry => Encoding.UTF8.GetString(entry.Name)).ToList();
        });
        return isTop
            ? names.Where(name => !char.IsAsciiDigit(name[0])).Concat(members.All().Select(id => id.ToString(CultureInfo.InvariantCulture)))
            : names;
    }

    private byte[] LinkText(Caller caller, VirtualNode node)
    {
        if (node.Kind == VirtualKind.Link)
            return node.Content;
        if (node.Kind == VirtualKind.Descriptor && files.FindPathOf(caller, node) is { } path)
            return path;
        byte[] text = new byte[4096];
        int length = 0;
        return caller.AsUser(() => AnsweredFile.ReadLink(node.Base!, node.Real, text, out length)) == Errno.None ? text[..length] : "-"u8.ToArray();
    }

    private void Remove(DirectoryHandle parent, ReadOnlySpan<byte> name)
    {
        if (gone is null || parent.FindStatus(name) is not { Type: FileType.Directory })
        {
            parent.RemoveTree(name);
            return;
        }
        byte[] place = Encoding.ASCII.GetBytes(_gone++.ToString(CultureInfo.InvariantCulture));
        parent.Move(name, gone, place);
        using DirectoryHandle directory = gone.OpenDirectory(UnixPath.Root.Append(place));
        KeepDirectories(directory);
    }

    private static void KeepDirectories(DirectoryHandle directory)
    {
        foreach (DirectoryEntry entry in directory.ReadEntries())
        {
            if (directory.FindStatus(entry.Name) is not { Type: FileType.Directory })
            {
                directory.Unlink(entry.Name);
                continue;
            }
            using DirectoryHandle inner = directory.OpenDirectory(UnixPath.Root.Append(entry.Name));
            KeepDirectories(inner);
        }
    }

    private void Replace(DirectoryHandle parent, ReadOnlySpan<byte> name, VirtualKind kind, byte[] target)
    {
        Remove(parent, name);
        if (kind == VirtualKind.Directory)
            parent.MakeDirectory(name, directoryMode);
        else if (target.Length > 0)
            parent.MakeSymbolicLink(name, target);
        else
            parent.CreateFile(UnixPath.Root.Append(name), FileMode).Dispose();
    }
}
