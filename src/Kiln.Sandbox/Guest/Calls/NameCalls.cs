// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers what makes, moves and takes away names: mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rmdir(2), rename(2) and their kin.</summary>
internal static class NameCalls
{
    private const int ModeMask = 0xFFF;
    private const int FileTypeMask = 0xF000;
    private const int RemoveDirectory = 0x200; // AT_REMOVEDIR
    private const int FollowLink = 0x400;      // AT_SYMLINK_FOLLOW
    private const int EmptyPath = 0x1000;      // AT_EMPTY_PATH
    private const uint NoReplace = 1, Exchange = 2; // RENAME_NOREPLACE, RENAME_EXCHANGE

    public static void Answer(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        call.Caller.Return(arguments.Call switch
        {
            SystemCall.mkdir => Make(call, GuestCall.CurrentDirectory, 0, FileType.Directory, arguments.Number(1), 0),
            SystemCall.mkdirat => Make(call, arguments.Number(0), 1, FileType.Directory, arguments.Number(2), 0),
            SystemCall.mknod or SystemCall.mknodat when (arguments.Number(arguments.Call == SystemCall.mknod ? 1 : 2) & FileTypeMask) == (int)FileType.Directory => Errno.EPERM,
            SystemCall.mknod => Make(call, GuestCall.CurrentDirectory, 0, TypeOf(arguments.Number(1)), arguments.Number(1), (uint)arguments.Number(2)),
            SystemCall.mknodat => Make(call, arguments.Number(0), 1, TypeOf(arguments.Number(2)), arguments.Number(2), (uint)arguments.Number(3)),
            SystemCall.symlink => Make(call, GuestCall.CurrentDirectory, 1, FileType.SymbolicLink, 0, 0),
            SystemCall.symlinkat => Make(call, arguments.Number(1), 2, FileType.SymbolicLink, 0, 0),
            SystemCall.link => Link(call, GuestCall.CurrentDirectory, 0, GuestCall.CurrentDirectory, 1, 0),
            SystemCall.linkat => Link(call, arguments.Number(0), 1, arguments.Number(2), 3, arguments.Number(4)),
            SystemCall.unlink => Remove(call, GuestCall.CurrentDirectory, 0, isDirectory: false),
            SystemCall.rmdir => Remove(call, GuestCall.CurrentDirectory, 0, isDirectory: true),
            SystemCall.unlinkat => (arguments.Number(2) & ~RemoveDirectory) != 0 ? Errno.EINVAL : Remove(call, arguments.Number(0), 1, arguments.Number(2) == RemoveDirectory),
            SystemCall.rename => Rename(call, GuestCall.CurrentDirectory, 0, GuestCall.CurrentDirectory, 1, 0),
            SystemCall.renameat => Rename(call, arguments.Number(0), 1, arguments.Number(2), 3, 0),
            _ => Rename(call, arguments.Number(0), 1, arguments.Number(2), 3, (uint)arguments.Number(4)),
        });
    }

    private static FileType TypeOf(int mode) => (mode & FileTypeMask) == 0 ? FileType.File : (FileType)(mode & FileTypeMask);

    private static Errno Make(GuestCall call, int directory, int argument, FileType type, int mode, uint device)
    {
        Errno error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        if (error != Errno.None)
            return error;
        if (type is not (FileType.File or FileType.Directory or FileType.SymbolicLink or FileType.Fifo or FileType.Socket or FileType.CharacterDevice or FileType.BlockDevice))
            return Errno.EINVAL;
        ReadOnlySpan<byte> target = default;
        if (type == FileType.SymbolicLink)
            error = call.ReadSecondPath(0, out target) is not Errno.None and var failure ? failure : target.Length < 2 ? Errno.ENOENT : Errno.None;
        if (error != Errno.None)
            return error;
        error = call.Lookup.FindParent(directory, path, second: false, out FoundParent parent, out ReadOnlySpan<byte> name);
        if (error != Errno.None)
            return error;
        using (parent)
        {
            if (parent.WantsDirectory && type != FileType.Directory)
                return parent.Place.GetStatus(name, out _) == Errno.None ? Errno.EEXIST : Errno.ENOENT;
            error = NewFile.Prepare(call, parent.Place, out NewFile made);
            if (error is Errno.EACCES or Errno.EROFS && parent.Place.GetStatus(name, out _) == Errno.None)
                return Errno.EEXIST;
            if (error != Errno.None)
                return error;
            if (!call.IsWaiting)
                return Errno.ESRCH;
            bool isDevice = type is FileType.CharacterDevice or FileType.BlockDevice;
            if (isDevice && !call.State.Credentials.MayMakeDevice)
                return Errno.EPERM;
            int wanted = type == FileType.SymbolicLink ? 0x1FF : made.ModeOf(call, mode & ModeMask, type == FileType.Directory); // 0777
            int onDisk = InodeRecord.ModeOnDisk(type, wanted);
            call.Shortcuts.Memory.SetMaking(true);
            error = type switch
            {
                FileType.Directory => parent.Place.MakeDirectory(name, onDisk),
                FileType.SymbolicLink => parent.Place.MakeLink(name, target),
                FileType.Fifo or FileType.Socket => parent.Place.MakeNode(name, type, onDisk),
                _ => parent.Place.MakeNode(name, FileType.File, onDisk),
            };
            if (error == Errno.None)
                error = made.Record(call, parent.Place, name, type, wanted, isDevice ? DeviceNumber.Unpack(device) : default);
            call.Names.Forget(made.DirectoryInode, name);
            call.Shortcuts.Memory.SetMaking(false);
            return error;
        }
    }

    private static Errno Link(GuestCall call, int from, int oldPath, int to, int newPath, int flags)
    {
        if ((flags & ~(FollowLink | EmptyPath)) != 0)
            return Errno.EINVAL;
        Errno error = call.ReadPath(oldPath, out ReadOnlySpan<byte> old);
        if (error == Errno.None)
            error = call.ReadSecondPath(newPath, out ReadOnlySpan<byte> _);
        if (error != Errno.None)
            return error;
        Found found = default;
        if (old.Length < 2)
        {
            if ((flags & EmptyPath) == 0)
                return Errno.ENOENT;
            error = call.Lookup.OpenBase(from, out found.Place, out bool served);
            error = error != Errno.None ? error : served ? Errno.EXDEV : found.Place.GetStatus(out found.Status);
        }
        else
        {
            error = call.Lookup.Find(from, old, (flags & FollowLink) != 0, out found);
        }
        using (found)
        {
            if (error != Errno.None)
                return error;
            _ = call.ReadSecondPath(newPath, out ReadOnlySpan<byte> path);
            error = call.Lookup.FindParent(to, path, second: true, out FoundParent parent, out ReadOnlySpan<byte> name);
            if (error != Errno.None)
                return error;
            using (parent)
            {
                error = MayLink(call, found, parent, name, out ulong inode);
                if (error == Errno.None)
                    error = !call.IsWaiting ? Errno.ESRCH : parent.Place.GiveName(name, found.Place);
                call.Names.Forget(inode, name);
                return error;
            }
        }
    }

    /// <summary>In the kernel's order: the new name, what is linked, the directory.</summary>
    private static Errno MayLink(GuestCall call, in Found found, in FoundParent parent, ReadOnlySpan<byte> name, out ulong inode)
    {
        inode = 0;
        if (parent.Place.GetStatus(name, out _) == Errno.None)
            return Errno.EEXIST;
        if (parent.WantsDirectory)
            return Errno.ENOENT;
        if (found.Node is not null || found.Status.FileSystem != call.Tree.FileSystem || call.Tree.IsMountPoint(found.Status))
            return Errno.EXDEV;
        Seen seen = call.Tree.See(found.Status);
        if (!call.State.IsPlainRoot && !call.State.Credentials.MayLink(seen.Uid, seen.Gid, (int)seen.Type | seen.Mode))
            return Errno.EPERM;
        Errno error = NewFile.Prepare(call, parent.Place, out NewFile made);
        inode = made.DirectoryInode;
        return error == Errno.None && seen.IsDirectory ? Errno.EPERM : error;
    }

    private static Errno Remove(GuestCall call, int directory, int argument, bool isDirectory)
    {
        Errno error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        if (error != Errno.None)
            return error;
        error = call.Lookup.FindParent(directory, path, second: false, out FoundParent parent, out ReadOnlySpan<byte> name);
        if (error != Errno.None)
            return error != Errno.EEXIST ? error : NoName(name, isDirectory);
        using (parent)
        {
            error = parent.Place.GetStatus(name, out FullStatus status);
            if (error == Errno.None && parent.WantsDirectory && !isDirectory)
                error = status.Type == FileType.Directory ? Errno.EISDIR : Errno.ENOTDIR;
            if (error == Errno.None)
                error = MayRemove(call, parent.Place, status);
            if (error == Errno.None && !call.IsWaiting)
                error = Errno.ESRCH;
            if (error != Errno.None)
                return error;
            // The record stays: the file may be open, and whoever gets the inode next says what it is.
            error = parent.Place.Unlink(name, isDirectory);
            call.Names.Forget(parent.Place, name, status);
            return error;
        }
    }

    /// <summary>What a call that removes says of `.`, `..` and the root.</summary>
    private static Errno NoName(ReadOnlySpan<byte> name, bool isDirectory) =>
        !isDirectory ? Errno.EISDIR : name is [(byte)'.', 0] ? Errno.EINVAL : name is [(byte)'.', (byte)'.', 0] ? Errno.ENOTEMPTY : Errno.EBUSY;

    private static Errno MayRemove(GuestCall call, Place directory, in FullStatus status)
    {
        if (!call.State.IsPlainRoot)
        {
            Errno error = directory.GetStatus(out FullStatus parent);
            if (error != Errno.None)
                return error;
            Seen seen = call.Tree.See(parent), file = call.Tree.See(status);
            GuestCredentials credentials = call.State.Credentials;
            if (!credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: true, AccessWanted.Write | AccessWanted.Execute))
                return Errno.EACCES;
            if (!credentials.MayDelete(seen.Uid, seen.Mode, file.Uid))
                return Errno.EPERM;
        }
        return call.Tree.IsMountPoint(status) ? Errno.EBUSY : call.Tree.IsReadOnly(directory) ? Errno.EROFS : Errno.None;
    }

    private static Errno Rename(GuestCall call, int from, int oldPath, int to, int newPath, uint flags)
    {
        if ((flags & ~(NoReplace | Exchange)) != 0 || flags == (NoReplace | Exchange))
            return Errno.EINVAL;
        Errno error = call.ReadPath(oldPath, out ReadOnlySpan<byte> old);
        if (error == Errno.None)
            error = call.ReadSecondPath(newPath, out ReadOnlySpan<byte> _);
        if (error != Errno.None)
            return error;
        error = call.Lookup.FindParent(from, old, second: false, out FoundParent source, out ReadOnlySpan<byte> name);
        bool isNoName = error == Errno.EEXIST; // `.` or `..`
        if (error != Errno.None && !isNoName)
            return error;
        using (source)
        {
            _ = call.ReadSecondPath(newPath, out ReadOnlySpan<byte> path);
            error = call.Lookup.FindParent(to, path, second: true, out FoundParent target, out ReadOnlySpan<byte> newName);
            using (target)
                return error is not Errno.None and not Errno.EEXIST ? error
                    : isNoName ? Errno.EBUSY
                    : error == Errno.EEXIST ? (flags & NoReplace) != 0 ? Errno.EEXIST : Errno.EBUSY
                    : Rename(call, source, name, target, newName, flags);
        }
    }

    private static Errno Rename(GuestCall call, in FoundParent source, ReadOnlySpan<byte> name, in FoundParent target, ReadOnlySpan<byte> newName, uint flags)
    {
        Errno error = source.Place.GetStatus(name, out FullStatus moved);
        if (error != Errno.None)
            return error;
        bool replaces = target.Place.GetStatus(newName, out FullStatus replaced) == Errno.None, exchanges = (flags & Exchange) != 0;
        if (replaces && (flags & NoReplace) != 0)
            return Errno.EEXIST;
        if (exchanges && !replaces)
            return Errno.ENOENT;
        if ((exchanges && target.WantsDirectory && replaced.Type != FileType.Directory)
            || (moved.Type != FileType.Directory && (source.WantsDirectory || (target.WantsDirectory && !exchanges))))
            return Errno.ENOTDIR;
        if (replaces && moved.Inode == replaced.Inode)
            return Errno.None;
        error = MayRename(call, source.Place, moved, target.Place, replaced, replaces, exchanges);
        if (error != Errno.None)
            return FindLoop(call, source.Place, moved, target.Place, replaced, replaces, exchanges) ?? error;
        if (!call.IsWaiting)
            return Errno.ESRCH;
        error = source.Place.Rename(name, target.Place, newName, flags);
        call.Names.Forget(source.Place, name, moved);
        call.Names.Forget(target.Place, newName, moved);
        if (replaces)
            call.Names.Forget(target.Place, newName, replaced);
        return error;
    }

    private static Errno MayRename(GuestCall call, Place source, in FullStatus moved, Place target, in FullStatus replaced, bool replaces, bool exchanges)
    {
        Errno error = MayRemove(call, source, moved);
        if (error == Errno.None)
            error = NewFile.Prepare(call, target, out _);
        if (error == Errno.None && replaces)
            error = MayRemove(call, target, replaced);
        bool isDirectory = moved.Type == FileType.Directory;
        if (error == Errno.None && replaces && !exchanges && isDirectory != (replaced.Type == FileType.Directory))
            error = isDirectory ? Errno.ENOTDIR : Errno.EISDIR;
        if (error != Errno.None)
            return error;
        // A directory's `..` changes when it moves, for which it must be writable itself.
        return !call.State.IsPlainRoot && !IsSame(source, target) && (!MayMove(call, moved) || (exchanges && !MayMove(call, replaced))) ? Errno.EACCES : Errno.None;
    }

    private static bool MayMove(GuestCall call, in FullStatus status) =>
        call.Tree.See(status) is var seen && (!seen.IsDirectory || call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: true, AccessWanted.Write));

    /// <summary>What comes before all else that a rename may fail for: a directory cannot be moved into itself, nor to the place of one that it is in.</summary>
    private static Errno? FindLoop(GuestCall call, Place source, in FullStatus moved, Place target, in FullStatus replaced, bool replaces, bool exchanges) =>
        moved.Type == FileType.Directory && IsAtOrBelow(call, target, moved.Inode) ? Errno.EINVAL
        : replaces && replaced.Type == FileType.Directory && IsAtOrBelow(call, source, replaced.Inode) ? exchanges ? Errno.EINVAL : Errno.ENOTEMPTY
        : null;

    private static bool IsAtOrBelow(GuestCall call, Place directory, ulong inode)
    {
        Errno error = directory.Duplicate(out Place at);
        while (error == Errno.None)
        {
            using Place here = at;
            if (here.GetStatus(out FullStatus status) != Errno.None || status.Inode == call.Tree.RootInode)
                return false;
            if (status.Inode == inode)
                return true;
            error = here.OpenParent(out at);
        }
        return false;
    }

    private static bool IsSame(Place one, Place other) =>
        one.GetStatus(out FullStatus first) == Errno.None && other.GetStatus(out FullStatus second) == Errno.None && first.Inode == second.Inode;
}
