// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Copying;

/// <summary>Where packed archives are unpacked to while a step runs: a scratch directory of the step's, removed with it.</summary>
public sealed class ArchiveSpool(string directory)
{
    private int _count;

    internal FileStream Create() =>
        new(Path.Combine(directory, $"archive-{_count++}.tar"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
}
