// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Contexts.Archives;

/// <summary>Where packed archives are unpacked to while they are read: a scratch directory of whoever reads, removed with it.</summary>
public sealed class ArchiveSpool(string directory)
{
    private int _count;

    internal FileStream Create() =>
        new(Path.Combine(directory, $"archive-{_count++}.tar"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
}
