// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Layers;

/// <summary>What a layer's entry is on disk.</summary>
public static class EntryTypeExtensions
{
    extension(EntryType type)
    {
        /// <summary>Of an entry that is no hard link, which is what its target is.</summary>
        public FileType FileType => type switch
        {
            EntryType.File => FileType.File,
            EntryType.Directory => FileType.Directory,
            EntryType.SymbolicLink => FileType.SymbolicLink,
            EntryType.Fifo => FileType.Fifo,
            EntryType.CharacterDevice => FileType.CharacterDevice,
            EntryType.BlockDevice => FileType.BlockDevice,
            EntryType.HardLink => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
