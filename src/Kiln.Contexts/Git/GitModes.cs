// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Contexts.Git;

/// <summary>Gives a checkout the modes that git knows, 0755 and 0644, whatever the umask of the builder is: an image must not depend on it.</summary>
internal static class GitModes
{
    internal static void Normalise(string directory, CancellationToken cancellationToken)
    {
        using DirectoryHandle root = DirectoryHandle.Open(directory);
        Normalise(root, cancellationToken);
    }

    private static void Normalise(DirectoryHandle directory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (DirectoryEntry entry in directory.ReadEntries())
        {
            if (directory.FindStatus(entry.Name) is not { Type: FileType.File or FileType.Directory } status)
                continue;
            int mode = status.Type == FileType.Directory || (status.Mode & 0x49) != 0 ? 0x1ED : 0x1A4;
            if (status.Mode != mode)
                directory.SetMode(entry.Name, mode);
            if (status.Type != FileType.Directory)
                continue;
            using DirectoryHandle inner = directory.OpenDirectory(UnixPath.Root.Append(entry.Name));
            Normalise(inner, cancellationToken);
        }
    }
}
