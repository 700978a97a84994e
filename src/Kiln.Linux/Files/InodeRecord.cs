// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Files;

/// <summary>What a file is to the programs of a step, where the kernel lets the builder make it neither that user's nor that device.</summary>
/// <param name="Type">Its type; a device node is an empty file on disk.</param>
/// <param name="Mode">Its permission bits with the special ones, 07777.</param>
/// <param name="Uid">Its owner.</param>
/// <param name="Gid">Its group.</param>
public sealed record InodeRecord(FileType Type, int Mode, uint Uid, uint Gid)
{
    private const int OwnerReadsAndWrites = 0x180; // 0600
    private const int OwnerDoesAll = 0x1C0;        // 0700
    private const int AnyMayExecute = 0x49;        // 0111
    private const int OwnerExecutes = 0x40;        // 0100
    private const int Permissions = 0x1FF;         // 0777

    /// <summary>What a device node stands for.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>The value of its attribute `security.capability`, xattr(7); empty where it has none.</summary>
    public ReadOnlyMemory<byte> Capabilities { get; init; }

    /// <summary>
    /// The mode that such a file has on disk. Its owner there is the builder, who without capabilities must keep every right to it; special bits would mean the builder's ids.
    /// </summary>
    public static int ModeOnDisk(FileType type, int mode) => type switch
    {
        FileType.Directory => (mode & Permissions) | OwnerDoesAll,
        FileType.SymbolicLink => Permissions,
        FileType.CharacterDevice or FileType.BlockDevice => 0, // nobody is to open the empty file for the device
        _ => (mode & Permissions) | OwnerReadsAndWrites | ((mode & AnyMayExecute) != 0 ? OwnerExecutes : 0),
    };

    /// <summary>Whether the disk alone says all of it.</summary>
    internal bool IsPlain => Uid == 0 && Gid == 0 && Mode == ModeOnDisk(Type, Mode) && Capabilities.IsEmpty && Type is not (FileType.CharacterDevice or FileType.BlockDevice);
}
