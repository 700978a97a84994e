// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>Files that were moved out of a tree for a while and back, with nothing else done to them: each rename moved their change time (inode(7)).</summary>
public sealed class MovedFiles
{
    private readonly Dictionary<ulong, (UnixTime Before, UnixTime After)> _times = [];

    /// <summary>A file is back.</summary>
    /// <param name="inode">Which.</param>
    /// <param name="before">Its change time before it was moved away.</param>
    /// <param name="after">Its change time now.</param>
    public void Add(ulong inode, UnixTime before, UnixTime after) => _times[inode] = (before, after);

    /// <summary>Whether the moves alone make a file's change time what it is now.</summary>
    public bool Explain(ulong inode, UnixTime before, UnixTime now) => _times.TryGetValue(inode, out (UnixTime, UnixTime) times) && times == (before, now);
}
