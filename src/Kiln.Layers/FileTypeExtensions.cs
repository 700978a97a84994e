// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Layers;

/// <summary>What a file on disk is in a layer.</summary>
public static class FileTypeExtensions
{
    extension(FileType type)
    {
        /// <summary>A socket is an empty file: an archive has no word for it.</summary>
        public EntryType EntryType => type switch
        {
            FileType.Directory => EntryType.Directory,
            FileType.SymbolicLink => EntryType.SymbolicLink,
            FileType.Fifo => EntryType.Fifo,
            FileType.CharacterDevice => EntryType.CharacterDevice,
            FileType.BlockDevice => EntryType.BlockDevice,
            FileType.File or FileType.Socket => EntryType.File,
        };
    }
}
