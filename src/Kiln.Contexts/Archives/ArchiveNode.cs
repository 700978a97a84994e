// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers;

namespace Kiln.Contexts.Archives;

/// <summary>A file or directory of an archive. All names of one file have the same node.</summary>
internal sealed class ArchiveNode(LayerEntry entry, long offset)
{
    private static readonly Comparer<byte[]> Bytewise = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    internal LayerEntry Entry { get; set; } = entry;

    /// <summary>Where its headers begin.</summary>
    internal long Offset { get; } = offset;

    internal int NameCount { get; set; } = 1;

    internal SortedDictionary<byte[], ArchiveNode> Children { get; } = new(Bytewise);
}
