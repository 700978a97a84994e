// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;

namespace Kiln.Sandbox.Guest.Paths;

/// <summary>What a file is to the step: of the disk, corrected by its record.</summary>
internal readonly record struct Seen(FileType Type, int Mode, uint Uid, uint Gid, DeviceNumber Device)
{
    public bool IsDevice => Type is FileType.CharacterDevice or FileType.BlockDevice;

    public bool IsDirectory => Type == FileType.Directory;
}
