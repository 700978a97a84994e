// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Kiln.Layers;
using Kiln.Layers.Indexes;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.SystemTests.Layers;

/// <summary>All there is to say of a file system, one line a path, so that a tree on disk and a view of it can be compared. Sockets are left out.</summary>
internal static class TreeDump
{
    public static string Of(DirectoryHandle root)
    {
        var lines = new SortedDictionary<UnixPath, (string Line, object File)>();
        Walk(root, UnixPath.Root, lines);
        return Join(lines);
    }

    public static string Of(StackView view, StackTrees trees)
    {
        var lines = new SortedDictionary<UnixPath, (string Line, object File)>();
        Walk(view.Root, UnixPath.Root, trees, lines);
        return Join(lines);
    }

    private static void Walk(DirectoryHandle directory, UnixPath path, SortedDictionary<UnixPath, (string, object)> lines)
    {
        foreach (DirectoryEntry entry in directory.ReadEntries())
        {
            UnixPath child = path.Append(entry.Name), name = UnixPath.Root.Append(entry.Name);
            FileStatus status = directory.GetStatus(name);
            if (status.Type == FileType.Socket)
                continue;
            string type = status.Type switch
            {
                FileType.File => $"File {Hash(new FileStream(directory.OpenFile(name), FileAccess.Read))} {status.Size}",
                FileType.SymbolicLink => $"SymbolicLink {Encoding.UTF8.GetString(directory.ReadLink(entry.Name))}",
                FileType.CharacterDevice or FileType.BlockDevice => $"{status.Type} {status.Device}",
                _ => $"{status.Type}",
            };
            lines[child] = (Line(type, status.Mode, status.Uid, status.Gid, status.ModifiedTime, directory.GetXattrs(entry.Name)), (status.FileSystem, status.Inode));
            if (status.Type != FileType.Directory)
                continue;
            using DirectoryHandle inner = directory.OpenDirectory(name);
            Walk(inner, child, lines);
        }
    }

    private static void Walk(StackNode directory, UnixPath path, StackTrees trees, SortedDictionary<UnixPath, (string, object)> lines)
    {
        foreach ((byte[] name, StackNode child) in directory.Children)
        {
            LayerEntry entry = child.Entry;
            string type = entry.Type switch
            {
                EntryType.File => $"File {Hash(trees.Open(path.Append(name), child).Open())} {entry.Size}",
                EntryType.SymbolicLink => $"SymbolicLink {Encoding.UTF8.GetString(entry.LinkText.AsSpan())}",
                EntryType.CharacterDevice or EntryType.BlockDevice => $"{entry.Type} {entry.Device}",
                _ => $"{entry.Type}",
            };
            lines[path.Append(name)] = (Line(type, entry.Mode, entry.Uid, entry.Gid, entry.ModifiedTime, entry.Xattrs), child);
            Walk(child, path.Append(name), trees, lines);
        }
    }

    private static string Line(string type, int mode, uint uid, uint gid, UnixTime time, IEnumerable<ExtendedAttribute> xattrs) =>
        $"{type} {Convert.ToString(mode, 8)} {uid}:{gid} {time.Seconds} "
        + string.Join(' ', xattrs.Where(a => !a.Name.StartsWith("user.overlay.", StringComparison.Ordinal)).Select(a => $"{a.Name}={Convert.ToHexString(a.Value)}"));

    /// <summary>Each path with the other names of its file.</summary>
    private static string Join(SortedDictionary<UnixPath, (string Line, object File)> lines)
    {
        ILookup<object, UnixPath> names = lines.ToLookup(l => l.Value.File, l => l.Key);
        return string.Join('\n', lines.Select(l => $"{l.Key} {l.Value.Line} [{string.Join(' ', names[l.Value.File].Where(n => n != l.Key))}]"));
    }

    private static string Hash(Stream content)
    {
        using (content)
            return Convert.ToHexString(SHA256.HashData(content))[..8];
    }
}
