// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Files;
using Kiln.Linux.Namespaces;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Chroot;

/// <summary>Makes what stands in a step's tree meanwhile, with the owner and mode that the step is to see.</summary>
/// <param name="records">Where that is kept; null where it is put on disk.</param>
internal sealed class CoverFiles(InodeRecords? records)
{
    private const int DirectoryMode = 0x1ED; // 0755

    private readonly IdMaps _ids = IdMaps.Own();

    public void MakeDirectory(DirectoryHandle parent, ReadOnlySpan<byte> name, int mode)
    {
        parent.MakeDirectory(name, DirectoryMode);
        parent.SetMode(name, records is null ? mode : InodeRecord.ModeOnDisk(FileType.Directory, mode));
        records?.Set(parent.FindStatus(name)!.Value.Inode, new InodeRecord(FileType.Directory, mode, 0, 0));
    }

    public void MakeFile(DirectoryHandle parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> content, int mode, uint uid, uint gid)
    {
        using SafeFileHandle made = parent.CreateFile(UnixPath.Root.Append(name), 0x180); // 0600
        RandomAccess.Write(made, content, 0);
        if (records is null)
        {
            DirectoryHandle.SetMetadata(made, (_ids.Users.Represent(uid), _ids.Groups.Represent(gid)), mode, UnixTime.Epoch);
            return;
        }
        DirectoryHandle.SetMetadata(made, owner: null, InodeRecord.ModeOnDisk(FileType.File, mode), UnixTime.Epoch);
        records.Set(parent.FindStatus(name)!.Value.Inode, new InodeRecord(FileType.File, mode, uid, gid));
    }

    /// <summary>An empty file that stands for one whose content is elsewhere. Where owners are recorded nobody can open it: the supervisor opens the other.</summary>
    public void MakePlaceholder(DirectoryHandle parent, ReadOnlySpan<byte> name, int mode, uint uid, uint gid)
    {
        MakeFile(parent, name, [], mode, uid, gid);
        if (records is null)
            return;
        parent.SetMode(name, 0);
        records.Set(parent.FindStatus(name)!.Value.Inode, modeOnDisk: 0, new InodeRecord(FileType.File, mode, uid, gid));
    }

    /// <summary>A node of a character device, which is recorded.</summary>
    public void MakeDevice(DirectoryHandle parent, ReadOnlySpan<byte> name, DeviceNumber device)
    {
        const int mode = 0x1B6; // 0666
        parent.CreateFile(UnixPath.Root.Append(name), 0).Dispose();
        records!.Set(parent.FindStatus(name)!.Value.Inode, new InodeRecord(FileType.CharacterDevice, mode, 0, 0) { Device = device });
    }

    public void MakeLink(DirectoryHandle parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        parent.MakeSymbolicLink(name, target);
        records?.Remove(parent.FindStatus(name)!.Value.Inode);
    }

    /// <summary>What is read where the tree has an empty file.</summary>
    public MemoryFile MakeContent(ReadOnlySpan<byte> content, int mode, uint uid, uint gid) => records is null
        ? MemoryFile.CreateSealed("secret", content, mode, _ids.Users.Represent(uid), _ids.Groups.Represent(gid))
        : MemoryFile.CreateSealed("secret", content, InodeRecord.ModeOnDisk(FileType.File, mode), Credential.EffectiveUid, Credential.EffectiveGid);
}
