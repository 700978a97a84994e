// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux.Files;
using Kiln.Sandbox.Mounts;

namespace Kiln.Build.Steps;

/// <summary>The mounts of one `RUN`, ready; it owns the locks on caches and the copies that were made for this step.</summary>
internal sealed record PreparedMounts(
    ImmutableArray<RunMount> Mounts, ImmutableArray<string> Environment, ImmutableArray<FileLock> Locks, ImmutableArray<string> Copies) : IDisposable
{
    public void Dispose()
    {
        foreach (FileLock held in Locks)
            held.Dispose();
        foreach (string copy in Copies)
            WorkDirectory.RemoveTree(copy);
    }
}
