// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Layers.Deltas;

/// <summary>What tells whether a file has changed, inode(7).</summary>
/// <param name="NameEnd">Where its name ends in the names of its directory.</param>
/// <param name="Inode">Another one where it was replaced.</param>
/// <param name="ChangeTime">Moved by every write, chmod and rename; no program can set it back.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Mode">Permission and special bits.</param>
/// <param name="Directory">What was in it, if it is a directory.</param>
/// <param name="Record">What was said of it beside the disk: that changes without moving the change time.</param>
internal readonly record struct RecordedEntry(int NameEnd, ulong Inode, UnixTime ChangeTime, long Size, int Mode, RecordedDirectory? Directory, InodeRecord? Record)
{
    /// <param name="now">What it is now.</param>
    /// <param name="moved">What moved change times without a change.</param>
    internal bool IsSame(in FileStatus now, MovedFiles? moved) =>
        Inode == now.Inode && Size == now.Size && Mode == now.Mode && (ChangeTime == now.ChangeTime || moved?.Explain(Inode, ChangeTime, now.ChangeTime) == true);
}
