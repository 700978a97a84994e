// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Blobs;

/// <summary>
/// A compression that takes plain bytes block by block: blocks of one size are packed apart from one another, by any number of threads at once, and
/// joined in their order. So the result depends on the bytes and the format alone.
/// </summary>
internal abstract class BlockFormat : IDisposable
{
    /// <summary>How many plain bytes make a block; the last one may have fewer.</summary>
    internal abstract int BlockSize { get; }

    /// <summary>What stands before the first block.</summary>
    internal virtual ReadOnlyMemory<byte> Start => default;

    /// <summary>Packs a block; called from several threads at once.</summary>
    internal abstract void Pack(Block block);

    /// <summary>Takes note of a packed block; called for one after the other, in their order.</summary>
    internal virtual void Append(Block block)
    {
    }

    /// <summary>What stands behind the last block.</summary>
    internal virtual ReadOnlyMemory<byte> GetEnd() => default;

    public virtual void Dispose()
    {
    }
}
