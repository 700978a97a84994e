// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Chroot;

/// <summary>A mount of a step as its changed root has it: something of the builder's that stands in the tree.</summary>
/// <param name="Place">Where, without links.</param>
/// <param name="IsReadOnly">Whether the step may change nothing in it.</param>
/// <param name="IsTemporary">Whether it is made for the step and gone with it.</param>
internal sealed record PlacedMount(UnixPath Place, bool IsReadOnly, bool IsTemporary)
{
    /// <summary>What is read there, where the tree has an empty file only.</summary>
    public MemoryFile? Content { get; init; }
}
