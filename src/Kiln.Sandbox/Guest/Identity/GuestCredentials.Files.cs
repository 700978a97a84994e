// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Credentials;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>
/// What the process may do to files: path_resolution(7), inode(7), chown(2). Judgments of numbers alone, without allocation. Modes may have the type's bits; access control lists are nobody's here.
/// </summary>
internal sealed partial record GuestCredentials
{
    private const int TypeMask = 0xF000;
    private const int Directory = 0x4000;
    private const int RegularFile = 0x8000;
    private const int Sticky = 0x200;        // S_ISVTX
    private const int OthersMayWrite = 2;    // S_IWOTH
    private const int AllPermissions = 0xFFF;

    /// <summary>All that root of a container may do to files, whosoever they are.</summary>
    private static readonly ulong WholeFileRights = CapabilitySets.Of([Capability.ChangeOwner, Capability.OverrideFileAccess, Capability.FileOwner, Capability.KeepSetIdBits]);

    /// <summary>
    /// Whether no judgment here refuses anything, so that none need be asked: but for <see cref="MayAccess"/> of a file that nobody may execute, and the special powers (devices, roots, attributes).
    /// </summary>
    public bool IsPlainRoot => Users.File == 0 && CapabilitySets.Contains(Capabilities.Effective, WholeFileRights);

    public bool MayMakeDevice => Capabilities.Has(Capability.MakeNodes);

    public bool MayChangeRoot => Capabilities.Has(Capability.ChangeRoot);

    public bool MaySetFileCapabilities => Capabilities.Has(Capability.SetFileCapabilities);

    /// <summary>Whether it may do what CAP_SYS_ADMIN is for: attributes `trusted.*`, and `security.*` but for file capabilities, xattr(7).</summary>
    public bool MayAdminister => Capabilities.Has(Capability.Administer);

    /// <summary>Whether a group is its own, as files see it.</summary>
    public bool IsInGroup(uint gid) => IsInGroup(gid, Groups.File);

    /// <summary>
    /// The check of permissions of path_resolution(7): the owner's bits if it is the owner, else the group's if it is in the group, else the others'; what they refuse CAP_DAC_OVERRIDE and
    /// CAP_DAC_READ_SEARCH may allow.
    /// </summary>
    /// <param name="uid">The file's owner.</param>
    /// <param name="gid">Its group.</param>
    /// <param name="mode">Its mode.</param>
    /// <param name="isDirectory">Whether it is a directory; of other files, even the capabilities let none be executed that nobody may execute.</param>
    /// <param name="wanted">All of it must be allowed.</param>
    /// <param name="useRealIds">As access(2) without AT_EACCESS: by the real ids, and what capabilities the real user would have.</param>
    public bool MayAccess(uint uid, uint gid, int mode, bool isDirectory, AccessWanted wanted, bool useRealIds = false)
    {
        uint user = useRealIds ? Users.Real : Users.File, group = useRealIds ? Groups.Real : Groups.File;
        int want = (int)wanted;
        int granted = uid == user ? mode >> 6
            : ((mode ^ (mode >> 3)) & want) != 0 && IsInGroup(gid, group) ? mode >> 3
            : mode;
        if ((want & ~granted) == 0)
            return true;
        ulong capabilities = !useRealIds || SecureBits.HasFlag(SecureBits.NoSetUidFixup) ? Capabilities.Effective : user == 0 ? Capabilities.Permitted : 0;
        bool mayRead = (capabilities & CapabilitySets.Bit(Capability.ReadFiles)) != 0;
        bool mayAll = (capabilities & CapabilitySets.Bit(Capability.OverrideFileAccess)) != 0;
        return isDirectory
            ? mayAll || (mayRead && (wanted & AccessWanted.Write) == 0)
            : (mayRead && wanted == AccessWanted.Read) || (mayAll && ((wanted & AccessWanted.Execute) == 0 || (mode & AnyMayExecute) != 0));
    }

    /// <summary>Who access(2) asks for: the real user, with the capabilities that root would have. Also the way to the file is looked at so.</summary>
    public GuestCredentials ByRealIds => Users.File == Users.Real && Groups.File == Groups.Real && SecureBits.HasFlag(SecureBits.NoSetUidFixup) ? this : this with
    {
        Users = Users with { File = Users.Real },
        Groups = Groups with { File = Groups.Real },
        Capabilities = SecureBits.HasFlag(SecureBits.NoSetUidFixup) ? Capabilities : Capabilities with { Effective = Users.Real == 0 ? Capabilities.Permitted : 0 },
    };

    /// <summary>Whether it may do what a file's owner may: chmod, times, the attributes of a sticky directory.</summary>
    public bool OwnsOrMay(uint fileUid) => fileUid == Users.File || Capabilities.Has(Capability.FileOwner);

    /// <summary>
    /// chown(2): CAP_CHOWN may all; an owner may give a file to any of its groups. Where set-id bits are lost by it, the change of mode has to be allowed too.
    /// </summary>
    /// <param name="fileUid">Whose it is.</param>
    /// <param name="fileGid">Its group.</param>
    /// <param name="mode">Its mode, with its type.</param>
    /// <param name="newUid">Null where it stays, and is not asked for.</param>
    /// <param name="newGid">Null where it stays, and is not asked for.</param>
    public bool MayChown(uint fileUid, uint fileGid, int mode, uint? newUid, uint? newGid)
    {
        bool may = Capabilities.Has(Capability.ChangeOwner), owns = fileUid == Users.File;
        return (newUid is not { } user || may || (owns && user == fileUid))
            && (newGid is not { } group || may || (owns && (group == fileGid || IsInGroup(group))))
            && (ModeAfterChown(mode, fileGid, newGid) == mode || OwnsOrMay(fileUid));
    }

    /// <summary>
    /// What chown(2) makes of a mode, with its type: no file but a directory keeps its set-uid bit, even by root and where nothing changes; nor a set-gid bit that means a program, or that the
    /// caller could not set.
    /// </summary>
    public int ModeAfterChown(int mode, uint fileGid, uint? newGid)
    {
        if ((mode & TypeMask) == Directory)
            return mode;
        int after = mode & ~SetUidBit;
        if (LosesSetGid(mode, fileGid))
            after &= ~SetGidBit;
        return after == mode || MayKeepSetGid(newGid ?? fileGid) ? after : after & ~SetGidBit;
    }

    /// <summary>The mode that chmod(2) gives, for who may: no set-gid bit of a group that is not the caller's.</summary>
    public int ModeForChmod(int mode, uint fileGid) => MayKeepSetGid(fileGid) ? mode : mode & ~SetGidBit;

    /// <summary>What writing to a file, or truncating it, leaves of its mode, with its type. Its capabilities go whoever writes.</summary>
    public int ModeAfterWrite(int mode, uint fileGid)
    {
        if ((mode & TypeMask) != RegularFile || Capabilities.Has(Capability.KeepSetIdBits))
            return mode;
        return mode & ~SetUidBit & ~(LosesSetGid(mode, fileGid) ? SetGidBit : 0);
    }

    /// <summary>The owner of what it makes.</summary>
    public uint OwnerOfNew => Users.File;

    /// <summary>The group of what it makes in a directory: "The new file's group is that of the directory" where that has the set-group-ID bit, inode(7).</summary>
    public uint GroupOfNew(uint directoryGid, int directoryMode) => (directoryMode & SetGidBit) != 0 ? directoryGid : Groups.File;

    /// <summary>The mode of what it makes in a directory. A directory in a set-gid one is set-gid itself; a program there is not, if the caller could not make it so.</summary>
    /// <param name="asked">The mode of the call, without a type.</param>
    /// <param name="umask">The process's.</param>
    /// <param name="isDirectory">Whether a directory is made, which may ask for permissions and the sticky bit alone.</param>
    /// <param name="directoryGid">The group of the directory in which it is made.</param>
    /// <param name="directoryMode">The mode of that.</param>
    public int ModeOfNew(int asked, int umask, bool isDirectory, uint directoryGid, int directoryMode)
    {
        int mode = asked & AllPermissions & ~umask;
        bool inherits = (directoryMode & SetGidBit) != 0;
        if (isDirectory)
            return (mode & ~(SetUidBit | SetGidBit)) | (inherits ? SetGidBit : 0);
        bool isSetGid = (asked & (SetGidBit | GroupMayExecute)) == (SetGidBit | GroupMayExecute);
        return inherits && isSetGid && !MayKeepSetGid(directoryGid) ? mode & ~SetGidBit : mode;
    }

    /// <summary>Whether the sticky bit lets it remove or rename an entry of a directory in which it may write.</summary>
    public bool MayDelete(uint directoryUid, int directoryMode, uint fileUid) =>
        (directoryMode & Sticky) == 0 || fileUid == Users.File || directoryUid == Users.File || Capabilities.Has(Capability.FileOwner);

    /// <summary>
    /// Whether it may make a hard link, by `/proc/sys/fs/protected_hardlinks`, proc_sys_fs(5), which distributions set: to a file of somebody else only if it is a plain one that it may read and write.
    /// </summary>
    /// <param name="fileUid">Whose the file is.</param>
    /// <param name="fileGid">Its group.</param>
    /// <param name="mode">Its mode, with its type.</param>
    public bool MayLink(uint fileUid, uint fileGid, int mode) =>
        OwnsOrMay(fileUid)
        || ((mode & TypeMask) == RegularFile && (mode & SetUidBit) == 0 && (mode & (SetGidBit | GroupMayExecute)) != (SetGidBit | GroupMayExecute)
            && MayAccess(fileUid, fileGid, mode, isDirectory: false, AccessWanted.Read | AccessWanted.Write));

    /// <summary>Whether it may follow a symbolic link, by `/proc/sys/fs/protected_symlinks`, proc_sys_fs(5): no capability helps in a sticky directory that all may write to.</summary>
    public bool MayFollow(uint directoryUid, int directoryMode, uint linkUid) =>
        (directoryMode & (Sticky | OthersMayWrite)) != (Sticky | OthersMayWrite) || linkUid == Users.File || linkUid == directoryUid;

    /// <summary>
    /// What getxattr(2), setxattr(2) and removexattr(2) say of an attribute before they look for it, xattr(7). Where it is <see cref="Errno.None"/> they go on; listxattr(2) asks for nothing, and
    /// hides `trusted.*` where <see cref="MayAdminister"/> is false.
    /// </summary>
    /// <param name="name">Its whole name.</param>
    /// <param name="writes">Whether it is set or removed.</param>
    /// <param name="uid">The file's owner.</param>
    /// <param name="gid">Its group.</param>
    /// <param name="mode">Its mode, with its type.</param>
    public Errno JudgeAttribute(ReadOnlySpan<byte> name, bool writes, uint uid, uint gid, int mode)
    {
        int type = mode & TypeMask;
        if (name.StartsWith("trusted."u8))
            return MayAdminister ? Errno.None : writes ? Errno.EPERM : Errno.ENODATA;
        if (name.StartsWith("security."u8))
            return !writes || (name.SequenceEqual("security.capability"u8) ? MaySetFileCapabilities : MayAdminister) ? Errno.None : Errno.EPERM;
        if (name.StartsWith("system."u8))
            return !writes || OwnsOrMay(uid) ? Errno.None : Errno.EPERM;
        if (name.StartsWith("user."u8))
        {
            if (type is not (RegularFile or Directory))
                return writes ? Errno.EPERM : Errno.ENODATA;
            if (type == Directory && (mode & Sticky) != 0 && writes && !OwnsOrMay(uid))
                return Errno.EPERM;
        }
        return MayAccess(uid, gid, mode, type == Directory, writes ? AccessWanted.Write : AccessWanted.Read) ? Errno.None : Errno.EACCES;
    }

    private bool IsInGroup(uint gid, uint own) => gid == own || SupplementaryGroups.AsSpan().BinarySearch(gid) >= 0;

    private bool MayKeepSetGid(uint gid) => Capabilities.Has(Capability.KeepSetIdBits) || IsInGroup(gid);

    private bool LosesSetGid(int mode, uint gid) => (mode & SetGidBit) != 0 && ((mode & GroupMayExecute) != 0 || !MayKeepSetGid(gid));
}
