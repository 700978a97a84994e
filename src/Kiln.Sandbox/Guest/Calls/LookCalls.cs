// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers what only looks: stat(2) and its kin, access(2), readlink(2), statfs(2).</summary>
internal static class LookCalls
{
    private const int EmptyPath = 0x1000;  // AT_EMPTY_PATH
    private const int NoFollow = 0x100;    // AT_SYMLINK_NOFOLLOW
    private const int EffectiveIds = 0x200; // AT_EACCESS
    private const int StatFlags = EmptyPath | NoFollow | 0x800 /* AT_NO_AUTOMOUNT */ | 0x6000 /* AT_STATX_SYNC_TYPE */;
    private const int AllAccess = 7; // R_OK | W_OK | X_OK
    private const int LongestPath = 4096;

    public static void Answer(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        switch (arguments.Call)
        {
            case SystemCall.stat:
                Stat(call, GuestCall.CurrentDirectory, 0, 0, arguments.Pointer(1), extended: false);
                break;
            case SystemCall.lstat:
                Stat(call, GuestCall.CurrentDirectory, 0, NoFollow, arguments.Pointer(1), extended: false);
                break;
            case SystemCall.fstat:
                GiveStatus(call, StatusOf(call, arguments.Number(0), out FullStatus status), status, arguments.Pointer(1), extended: false);
                break;
            case SystemCall.newfstatat:
                Stat(call, arguments.Number(0), 1, arguments.Number(3), arguments.Pointer(2), extended: false);
                break;
            case SystemCall.statx:
                Stat(call, arguments.Number(0), 1, arguments.Number(2), arguments.Pointer(4), extended: true);
                break;
            case SystemCall.access:
                Access(call, GuestCall.CurrentDirectory, 0, arguments.Number(1), 0);
                break;
            case SystemCall.faccessat:
                Access(call, arguments.Number(0), 1, arguments.Number(2), 0);
                break;
            case SystemCall.faccessat2:
                Access(call, arguments.Number(0), 1, arguments.Number(2), arguments.Number(3));
                break;
            case SystemCall.readlink:
                ReadLink(call, GuestCall.CurrentDirectory, 0, arguments.Pointer(1), arguments.Number(2));
                break;
            case SystemCall.readlinkat:
                ReadLink(call, arguments.Number(0), 1, arguments.Pointer(2), arguments.Number(3));
                break;
            default:
                FileSystem(call);
                break;
        }
    }

    private static void Stat(GuestCall call, int directory, int argument, int flags, ulong address, bool extended)
    {
        if ((flags & ~StatFlags) != 0)
        {
            call.Caller.Fail(Errno.EINVAL);
            return;
        }
        FullStatus status = default;
        Errno error;
        // Since Linux 6.11 no path at all is an empty one.
        if ((flags & EmptyPath) != 0 && call.Arguments.Pointer(argument) == 0)
        {
            error = StatusOfBase(call, directory, out status);
        }
        else
        {
            error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
            if (error == Errno.None)
                error = path.Length > 1 ? call.Lookup.FindStatus(directory, path, (flags & NoFollow) == 0, out status)
                    : (flags & EmptyPath) != 0 ? StatusOfBase(call, directory, out status)
                    : Errno.ENOENT;
        }
        GiveStatus(call, error, status, address, extended);
    }

    private static Errno StatusOfBase(GuestCall call, int directory, out FullStatus status)
    {
        if (directory != GuestCall.CurrentDirectory)
            return StatusOf(call, directory, out status);
        if (!call.State.WorkingDirectory.IsServed)
            return call.State.WorkingDirectory.Place.GetStatus(out status);
        return ServedFiles.GetStatus(call.Served.Find(call, call.State.WorkingDirectory.Served), out status);
    }

    private static Errno StatusOf(GuestCall call, int descriptor, out FullStatus status)
    {
        Errno error = call.Descriptors.GetStatus(call.Caller.ThreadId, descriptor, out status);
        if (error != Errno.None || !call.Served.HasStandIns || !call.Served.IsStandIn(status, out UnixPath path))
            return error;
        // Of a process that has ended the directory is root's, as procfs has it.
        status = ServedFiles.GetStatus(call.Served.Find(call, path), out FullStatus real) == Errno.None ? real : status.As(FileType.Directory, StandIns.DirectoryMode, 0, 0, default);
        return Errno.None;
    }

    private static void GiveStatus(GuestCall call, Errno error, in FullStatus status, ulong address, bool extended)
    {
        if (error != Errno.None)
        {
            call.Caller.Fail(error);
            return;
        }
        FullStatus real = status;
        if (call.Tree.FindContent(status) is { } content && content.GetStatus(out FullStatus other) == Errno.None)
            real = other;
        Seen seen = call.Tree.See(status);
        if (seen.IsDevice && GuestDevices.TryGetStatus(call, seen, out FullStatus device))
            real = device;
        FullStatus told = real.As(seen.Type, seen.Mode, seen.Uid, seen.Gid, seen.Device);
        Span<byte> buffer = stackalloc byte[FullStatus.StatxSize];
        int size = extended ? FullStatus.StatxSize : FullStatus.StatSize;
        if (extended)
            told.WriteStatx(buffer);
        else
            told.WriteStat(buffer);
        call.Caller.ReturnBytes(address, buffer[..size], 0);
    }

    private static void Access(GuestCall call, int directory, int argument, int mode, int flags)
    {
        if ((mode & ~AllAccess) != 0 || (flags & ~(EmptyPath | NoFollow | EffectiveIds)) != 0)
        {
            call.Caller.Fail(Errno.EINVAL);
            return;
        }
        if ((flags & EffectiveIds) == 0)
            call.LookAs(call.State.Credentials.ByRealIds);
        Errno error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        if (error == Errno.None && path.Length < 2 && (flags & EmptyPath) != 0)
            error = StatusOfBase(call, directory, out FullStatus own) is not Errno.None and var failure ? failure : Judge(call, own, default, mode);
        else if (error == Errno.None)
            error = AccessAt(call, directory, path, mode, follow: (flags & NoFollow) == 0);
        call.Caller.Return(error);
    }

    private static Errno AccessAt(GuestCall call, int directory, ReadOnlySpan<byte> path, int mode, bool follow)
    {
        Errno error = call.Lookup.Find(directory, path, follow, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
        {
            if (found.Node is not { } node)
                return Judge(call, found.Status, found.Place, mode);
            if ((mode & (int)AccessWanted.Write) != 0 && node is { Kind: not VirtualKind.Directory, MayBeWritten: false })
                return Errno.EROFS;
            error = ServedFiles.GetStatus(node, out FullStatus status);
            return error == Errno.None ? Judge(call, status, default, mode) : error;
        }
    }

    private static Errno Judge(GuestCall call, in FullStatus status, Place place, int mode)
    {
        Seen seen = call.Tree.See(status);
        if (!call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, seen.IsDirectory, (AccessWanted)mode))
            return Errno.EACCES;
        return (mode & (int)AccessWanted.Write) != 0 && !place.IsNone && !seen.IsDevice && (call.Tree.IsReadOnly(place) || call.Tree.FindContent(status) is not null) ? Errno.EROFS : Errno.None;
    }

    private static void ReadLink(GuestCall call, int directory, int argument, ulong address, int size)
    {
        if (size <= 0)
        {
            call.Caller.Fail(Errno.EINVAL);
            return;
        }
        Span<byte> text = stackalloc byte[LongestPath];
        Errno error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        int length = 0;
        if (error == Errno.None)
            error = path.Length > 1 ? ReadLinkAt(call, directory, path, text, out length) : ReadLinkOf(call, directory, text, out length);
        if (error != Errno.None)
            call.Caller.Fail(error);
        else
            call.Caller.ReturnBytes(address, text[..Math.Min(length, size)], Math.Min(length, size));
    }

    private static Errno ReadLinkAt(GuestCall call, int directory, ReadOnlySpan<byte> path, Span<byte> text, out int length)
    {
        length = 0;
        Errno error;
        if (call.State.IsPlainRoot)
        {
            error = path[0] == '/' && call.IsAtRoot ? call.Names.Find(path) : Errno.None;
            if (error == Errno.None)
                error = ReadLinkInTree(call, directory, path, text, out length);
            if (!GuestLookup.MayLeadOn(error))
                return error;
        }
        error = call.Lookup.Find(directory, path, follow: false, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
            return found.Node is { } node ? call.Served.ReadLink(found.Path, node, text, out length)
                : found.Status.Type == FileType.SymbolicLink ? found.Place.ReadLink(text, out length)
                : Errno.EINVAL;
    }

    /// <summary>As far as the kernel's own lookup leads.</summary>
    private static Errno ReadLinkInTree(GuestCall call, int directory, ReadOnlySpan<byte> path, Span<byte> text, out int length)
    {
        length = 0;
        Errno error = call.Lookup.Open(directory, path, OpenFlags.PathOfLink, out Place place);
        if (error == Errno.None)
            using (place)
                error = place.ReadLink(text, out length) switch { Errno.ENOENT => Errno.EINVAL, var other => other }; // by an empty path it is ENOENT of what is no link
        if (path[0] == '/' && error == Errno.EINVAL && call.IsAtRoot)
            call.Names.Learn(path, error);
        return error;
    }

    /// <summary>An empty path means the descriptor itself, which then is a link that was opened as a place.</summary>
    private static Errno ReadLinkOf(GuestCall call, int descriptor, Span<byte> text, out int length)
    {
        length = 0;
        Errno error = call.Descriptors.Open(call.Caller.ThreadId, descriptor, out Place place);
        if (error != Errno.None)
            return descriptor == GuestCall.CurrentDirectory ? Errno.ENOENT : error;
        using (place)
            return place.ReadLink(text, out length) == Errno.None ? Errno.None : Errno.ENOENT;
    }

    private static void FileSystem(GuestCall call)
    {
        Span<byte> buffer = stackalloc byte[Place.FileSystemSize];
        Errno error = call.ReadPath(0, out ReadOnlySpan<byte> path);
        if (error == Errno.None)
            error = call.Lookup.Find(GuestCall.CurrentDirectory, path, follow: true, out Found found) is var failure && failure != Errno.None ? failure : Describe(found, buffer);
        if (error != Errno.None)
            call.Caller.Fail(error);
        else
            call.Caller.ReturnBytes(call.Arguments.Pointer(1), buffer, 0);
    }

    private static Errno Describe(in Found found, Span<byte> buffer)
    {
        using (found)
            return (found.Node is { } node ? Place.Of(node.Base!) : found.Place).GetFileSystem(buffer);
    }
}
