// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Mounts;

namespace Kiln.Sandbox.Stage;

/// <summary>
/// Takes what was made to mount on out of a step's changes again, where it is still what was made: an empty file or directory. The times of the directories around stay
/// what the step left them.
/// </summary>
internal static class StubCleaner
{
    public static void Clean(string changed, IEnumerable<UnixPath> stubs)
    {
        using var directory = DirectoryHandle.Open(changed);
        foreach (UnixPath stub in stubs.Reverse())
            Remove(directory, stub);
    }

    private static void Remove(DirectoryHandle changed, UnixPath stub)
    {
        try
        {
            using DirectoryHandle parent = changed.OpenDirectory(stub.Parent);
            using (KeptModifiedTime.Of(parent))
            {
                if (parent.FindStatus(stub.Name) is { Type: FileType.Directory })
                    parent.RemoveDirectory(stub.Name);
                else if (parent.FindStatus(stub.Name) is { Type: FileType.File, Size: 0 })
                    parent.Unlink(stub.Name);
            }
        }
        catch (ErrnoException e) when (e.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ENOTEMPTY or Errno.ELOOP)
        {
            // The step has put something into it, or has moved it or a directory above it: what is there is the step's own.
        }
    }
}
