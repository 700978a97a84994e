// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Linux.Processes;

/// <summary>The file that this process executes.</summary>
internal static class OwnProgram
{
    private const string Magic = "/proc/self/exe";

    /// <summary>
    /// By which a child executes it. A plain path where that still leads to the same file: the child then has it through its own mounts, which can be made read-only,
    /// and not through ours, as the magic link would give it. Where the file was replaced meanwhile the magic link is all there is.
    /// </summary>
    internal static string FindPath()
    {
        try
        {
            if (File.ResolveLinkTarget(Magic, returnFinalTarget: false) is { } target && IsSame(target.FullName))
                return target.FullName;
        }
        catch (Exception e) when (e is ErrnoException or IOException or UnauthorizedAccessException)
        {
            // It lies where this user cannot look.
        }
        return Magic;
    }

    private static bool IsSame(string path)
    {
        using var running = Descriptor.OpenToRead(Magic);
        using var named = Descriptor.OpenToRead(path);
        FileStatus a = DirectoryHandle.GetStatus(running, UnixPath.Root), b = DirectoryHandle.GetStatus(named, UnixPath.Root);
        return a.Inode == b.Inode && a.FileSystem == b.FileSystem;
    }
}
