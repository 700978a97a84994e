// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers;

/// <summary>What a layer's entry is.</summary>
public enum EntryType
{
    File,
    Directory,
    SymbolicLink,

    /// <summary>One more name of a file that stands in the same layer, under <see cref="LayerEntry.HardLinkTarget"/>.</summary>
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}
