// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Whose a new file is, and what it may be, by the directory in which it is made and who makes it.</summary>
internal readonly struct NewFile
{
    private readonly uint _directoryGid;
    private readonly int _directoryMode;

    private NewFile(in Seen directory, ulong inode) => (_directoryGid, _directoryMode, DirectoryInode) = (directory.Gid, directory.Mode, inode);

    public ulong DirectoryInode { get; }

    /// <summary>Whether the caller may make something in a directory.</summary>
    public static Errno Prepare(GuestCall call, Place directory, out NewFile made)
    {
        made = default;
        Errno error = directory.GetStatus(out FullStatus status);
        if (error != Errno.None)
            return error;
        Seen seen = call.Tree.See(status);
        made = new NewFile(seen, status.Inode);
        if (status.LinkCount == 0)
            return Errno.ENOENT; // it is removed
        return !call.State.IsPlainRoot && !call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: true, AccessWanted.Write | AccessWanted.Execute) ? Errno.EACCES
            : call.Tree.IsReadOnly(directory) ? Errno.EROFS
            : Errno.None;
    }

    public int ModeOf(GuestCall call, int asked, bool isDirectory) =>
        call.State.Credentials.ModeOfNew(asked, call.State.CreationMask, isDirectory, _directoryGid, _directoryMode);

    /// <summary>Says whose it is, before the caller can see it.</summary>
    public Errno Record(GuestCall call, Place file, FileType type, int mode, DeviceNumber device = default)
    {
        Errno error = file.GetStatus(out FullStatus status);
        if (error == Errno.None)
            Record(call, status, type, mode, device);
        return error;
    }

    /// <summary>The same for a name that was just made in a directory.</summary>
    public Errno Record(GuestCall call, Place directory, ReadOnlySpan<byte> name, FileType type, int mode, DeviceNumber device = default)
    {
        Errno error = directory.GetStatus(name, out FullStatus status);
        if (error == Errno.None)
            Record(call, status, type, mode, device);
        return error;
    }

    private void Record(GuestCall call, in FullStatus status, FileType type, int mode, DeviceNumber device)
    {
        GuestCredentials credentials = call.State.Credentials;
        uint uid = credentials.OwnerOfNew, gid = credentials.GroupOfNew(_directoryGid, _directoryMode);
        if (status.FileSystem != call.Tree.FileSystem)
            return; // nothing of it reaches a layer
        if (uid == 0 && gid == 0 && device == default && status.Mode == mode && status.Type == type)
            call.Tree.Records.Remove(status.Inode); // one that had this inode before
        else
            call.Tree.Records.Set(status.Inode, status.Mode, new InodeRecord(type, mode, uid, gid) { Device = device });
    }
}
