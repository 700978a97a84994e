// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Layers.Trees;

/// <summary>How a layer is put on disk.</summary>
/// <param name="Owners">Which owners can be set.</param>
/// <param name="Merged">
/// False: a tree of this layer alone, as overlay wants its lower directories (whiteouts as 0/0 devices, opaque directories marked by
/// `user.overlay.opaque`). True: onto the tree of the layers below, whiteouts carried out.
/// </param>
/// <param name="ContentOnly">The tree is only read from by the builder, never run in: modes are widened so that it can.</param>
public sealed record TreeOptions(OwnerMap Owners, bool Merged, bool ContentOnly)
{
    private const int OwnerReadsAndWrites = 0x180; // 0600
    private const int OwnerDoesAll = 0x1C0;        // 0700

    /// <summary>What is unpacked is no layer but files: a `.wh.` name is a name like any other, and a hard link to nothing an error.</summary>
    public bool NamesAreLiteral { get; init; }

    internal int ModeOnDisk(LayerEntry entry) =>
        Owners.Inodes is not null ? InodeRecord.ModeOnDisk(entry.Type.FileType, entry.Mode)
        : ContentOnly && entry.IsDirectory ? entry.Mode | OwnerDoesAll
        : ContentOnly && entry.Type == EntryType.File ? entry.Mode | OwnerReadsAndWrites
        : entry.Mode;
}
