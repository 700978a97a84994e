// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>Finds a file or directory by its inode, whatever became of its path. The walk follows no link and stays on the file system on which it begins.</summary>
public static class InodeSearch
{
    /// <summary>Where it lies below a directory; null where it does not, or so deep that no path leads there.</summary>
    public static UnixPath? Find(DirectoryHandle top, ulong inode)
    {
        DeviceNumber fileSystem = top.GetStatus(UnixPath.Root).FileSystem;
        var pending = new Stack<UnixPath>([UnixPath.Root]);
        while (pending.TryPop(out UnixPath path))
        {
            using DirectoryHandle? directory = path.CanExist ? top.FindDirectory(path) : null;
            if (directory is null)
                continue;
            foreach (DirectoryEntry entry in directory.ReadEntries())
            {
                if (directory.FindStatus(entry.Name) is not { } status || status.FileSystem != fileSystem)
                    continue;
                if (status.Inode == inode)
                    return path.Append(entry.Name);
                if (status.Type == FileType.Directory)
                    pending.Push(path.Append(entry.Name));
            }
        }
        return null;
    }
}
