// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Layers;

namespace Kiln.Build.Stacks;

/// <summary>
/// Says before the work what would otherwise fail in the middle of it: that the disk cannot hold what has to be put on it. It counts no more than will
/// surely be written, so it never refuses what would have fitted.
/// </summary>
internal static class DiskSpace
{
    /// <summary>What file systems give out at a time, mostly.</summary>
    private const long Block = 4096;

    /// <param name="root">The root directory.</param>
    /// <param name="fetched">Layers whose blobs have to be fetched.</param>
    /// <param name="unpacked">Layers that have to be unpacked.</param>
    internal static void Check(string root, IEnumerable<StackLayer> fetched, IEnumerable<StackLayer> unpacked)
    {
        long needed = fetched.Sum(l => l.Descriptor.Size) + unpacked.Sum(SizeOfTree);
        long free = new DriveInfo(root).AvailableFreeSpace;
        if (needed > free)
            throw DiagnosticRules.DiskTooSmall.Error(
                $"`{root}` has {ByteCount.Format(free)} free, and at least {ByteCount.Format(needed)} are needed for the layers of the base");
    }

    /// <summary>As long as the index is not known, no less than the blob: layers are packed to be smaller.</summary>
    private static long SizeOfTree(StackLayer layer) =>
        layer.Index is { } index
            ? index.Entries.Sum(e => e.Type is EntryType.File or EntryType.Directory ? (e.Size + Block - 1) / Block * Block : 0)
            : layer.Descriptor.Size;
}
