// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers chmod(2), chown(2), utimensat(2), truncate(2) and their kin: modes and owners are recorded, times and lengths are the disk's.</summary>
internal static class ChangeCalls
{
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100;   // AT_SYMLINK_NOFOLLOW
    private const int ModeMask = 0xFFF;
    private const uint Unchanged = uint.MaxValue;
    private const int Now = 0x3FFFFFFF, Omit = 0x3FFFFFFE; // UTIME_NOW, UTIME_OMIT

    public static void Answer(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        call.Caller.Return(arguments.Call switch
        {
            SystemCall.chmod => At(call, GuestCall.CurrentDirectory, 0, 0, arguments.Number(1), 0),
            SystemCall.fchmod => OfDescriptor(call, arguments.Number(0), arguments.Number(1), 0),
            SystemCall.fchmodat => At(call, arguments.Number(0), 1, 0, arguments.Number(2), 0),
            SystemCall.fchmodat2 => At(call, arguments.Number(0), 1, arguments.Number(3), arguments.Number(2), 0),
            SystemCall.chown => At(call, GuestCall.CurrentDirectory, 0, 0, arguments.Number(1), arguments.Number(2)),
            SystemCall.lchown => At(call, GuestCall.CurrentDirectory, 0, NoFollow, arguments.Number(1), arguments.Number(2)),
            SystemCall.fchown => OfDescriptor(call, arguments.Number(0), arguments.Number(1), arguments.Number(2)),
            SystemCall.fchownat => At(call, arguments.Number(0), 1, arguments.Number(4), arguments.Number(2), arguments.Number(3)),
            SystemCall.truncate => Truncate(call),
            _ => SetTimes(call),
        });
    }

    /// <summary>By a path. Two numbers are a mode, or owner and group.</summary>
    private static Errno At(GuestCall call, int directory, int argument, int flags, int first, int second)
    {
        if ((flags & ~(EmptyPath | NoFollow)) != 0)
            return Errno.EINVAL;
        Errno error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        if (error != Errno.None)
            return error;
        if (path.Length < 2)
            return (flags & EmptyPath) != 0 ? OfDescriptor(call, directory, first, second) : Errno.ENOENT;
        error = call.Lookup.Find(directory, path, (flags & NoFollow) == 0, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
            return found.Node is null ? Change(call, found.Place, found.Status, first, second) : Errno.EPERM;
    }

    private static Errno OfDescriptor(GuestCall call, int descriptor, int first, int second)
    {
        Errno error = OpenBase(call, descriptor, out Place place);
        if (error != Errno.None)
            return error;
        using (place)
        {
            error = place.GetStatus(out FullStatus status);
            return error == Errno.None ? Change(call, place, status, first, second) : error;
        }
    }

    private static Errno OpenBase(GuestCall call, int descriptor, out Place place)
    {
        if (descriptor != GuestCall.CurrentDirectory)
        {
            Errno error = call.Lookup.OpenBase(descriptor, out place, out bool served);
            if (!served)
                return error;
            place.Dispose();
            return Errno.EPERM;
        }
        place = default;
        return call.State.WorkingDirectory.IsServed ? Errno.EPERM : call.State.WorkingDirectory.Place.Duplicate(out place);
    }

    private static Errno Change(GuestCall call, Place place, in FullStatus status, int first, int second)
    {
        bool isMode = call.Arguments.Call is SystemCall.chmod or SystemCall.fchmod or SystemCall.fchmodat or SystemCall.fchmodat2;
        if (call.Tree.IsReadOnly(place) || call.Tree.FindContent(status) is not null)
            return Errno.EROFS;
        if (status.FileSystem != call.Tree.FileSystem)
            return IfNotOurs(call, status);
        if (!call.IsWaiting)
            return Errno.ESRCH;
        return isMode ? ChangeMode(call, place, status, first & ModeMask) : ChangeOwner(call, status, (uint)first, (uint)second);
    }

    /// <summary>Of a pipe, a socket or a file in memory nothing stays; the machine's devices are not the step's to change.</summary>
    private static Errno IfNotOurs(GuestCall call, in FullStatus status) => call.Tree.See(status).IsDevice ? Errno.EPERM : Errno.None;

    private static Errno ChangeMode(GuestCall call, Place place, in FullStatus status, int mode)
    {
        if (status.Type == FileType.SymbolicLink)
            return Errno.EOPNOTSUPP;
        InodeRecord before = RecordOf(call, status);
        GuestCredentials credentials = call.State.Credentials;
        if (!credentials.OwnsOrMay(before.Uid))
            return Errno.EPERM;
        int onDisk = InodeRecord.ModeOnDisk(before.Type, mode);
        call.Shortcuts.Memory.SetMaking(true);
        Errno error = place.SetMode(onDisk);
        if (error == Errno.None)
            call.Tree.Records.Set(status.Inode, onDisk, before with { Mode = credentials.ModeForChmod(mode, before.Gid) });
        call.Shortcuts.Memory.SetMaking(false);
        return error;
    }

    private static Errno ChangeOwner(GuestCall call, in FullStatus status, uint uid, uint gid)
    {
        InodeRecord before = RecordOf(call, status);
        GuestCredentials credentials = call.State.Credentials;
        uint? user = uid == Unchanged ? null : uid, group = gid == Unchanged ? null : gid;
        int mode = (int)before.Type | before.Mode;
        if (!credentials.MayChown(before.Uid, before.Gid, mode, user, group))
            return Errno.EPERM;
        call.Tree.Records.Set(status.Inode, status.Mode, before with
        {
            Uid = user ?? before.Uid,
            Gid = group ?? before.Gid,
            Mode = credentials.ModeAfterChown(mode, before.Gid, group) & ModeMask,
            Capabilities = status.Type == FileType.File ? default : before.Capabilities,
        });
        return Errno.None;
    }

    private static InodeRecord RecordOf(GuestCall call, in FullStatus status) =>
        call.Tree.Records.Find(status.Inode) ?? new InodeRecord(status.Type, status.Mode, 0, 0);

    private static Errno Truncate(GuestCall call)
    {
        Errno error = call.ReadPath(0, out ReadOnlySpan<byte> path);
        if (error == Errno.None && path.Length < 2)
            error = Errno.ENOENT;
        if (error != Errno.None)
            return error;
        error = call.Lookup.Find(GuestCall.CurrentDirectory, path, follow: true, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
        {
            if (found.Node is not null)
                return Errno.EACCES;
            Seen seen = call.Tree.See(found.Status);
            return seen.IsDirectory ? Errno.EISDIR
                : seen.Type != FileType.File ? Errno.EINVAL
                : !call.State.IsPlainRoot && !call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, isDirectory: false, AccessWanted.Write) ? Errno.EACCES
                : call.Tree.IsReadOnly(found.Place) || call.Tree.FindContent(found.Status) is not null ? Errno.EROFS
                : found.Place.SetLength((long)call.Arguments.Pointer(1));
        }
    }

    private static Errno SetTimes(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        (int directory, int argument, int times, int flags) = arguments.Call switch
        {
            SystemCall.utimensat => (arguments.Number(0), 1, 2, arguments.Number(3)),
            SystemCall.futimesat => (arguments.Number(0), 1, 2, 0),
            _ => (GuestCall.CurrentDirectory, 0, 1, 0),
        };
        if ((flags & ~(EmptyPath | NoFollow)) != 0)
            return Errno.EINVAL;
        Span<byte> wanted = stackalloc byte[32]; // two timespecs
        Errno error = ReadTimes(call, times, ref wanted);
        if (error != Errno.None)
            return error;
        if (arguments.Pointer(argument) == 0 && arguments.Call is SystemCall.utimensat or SystemCall.futimesat)
            return SetTimesOf(call, directory, wanted);
        error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        if (error != Errno.None)
            return error;
        if (path.Length < 2)
            return (flags & EmptyPath) != 0 ? SetTimesOf(call, directory, wanted) : Errno.ENOENT;
        error = call.Lookup.Find(directory, path, (flags & NoFollow) == 0, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
            return found.Node is null ? SetTimes(call, found.Place, found.Status, wanted) : Errno.EPERM;
    }

    private static Errno SetTimesOf(GuestCall call, int descriptor, ReadOnlySpan<byte> times)
    {
        Errno error = OpenBase(call, descriptor, out Place place);
        if (error != Errno.None)
            return error;
        using (place)
        {
            error = place.GetStatus(out FullStatus status);
            return error == Errno.None ? SetTimes(call, place, status, times) : error;
        }
    }

    private static Errno SetTimes(GuestCall call, Place place, in FullStatus status, ReadOnlySpan<byte> times)
    {
        Seen seen = call.Tree.See(status);
        GuestCredentials credentials = call.State.Credentials;
        bool isNow = times.IsEmpty || (Nanoseconds(times, 0) == Now && Nanoseconds(times, 1) == Now);
        if (!call.State.IsPlainRoot && !credentials.OwnsOrMay(seen.Uid) && !(Nanoseconds(times, 0) == Omit && Nanoseconds(times, 1) == Omit))
        {
            if (!isNow)
                return Errno.EPERM;
            if (!credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, seen.IsDirectory, AccessWanted.Write))
                return Errno.EACCES;
        }
        return call.Tree.IsReadOnly(place) || call.Tree.FindContent(status) is not null ? Errno.EROFS
            : status.FileSystem != call.Tree.FileSystem ? IfNotOurs(call, status)
            : !call.IsWaiting ? Errno.ESRCH
            : place.SetTimes(times);
    }

    private static long Nanoseconds(ReadOnlySpan<byte> times, int index) => times.IsEmpty ? 0 : BinaryPrimitives.ReadInt64LittleEndian(times[((index * 16) + 8)..]);

    /// <summary>Whatever the call's form, two timespecs; none where it is now.</summary>
    private static Errno ReadTimes(GuestCall call, int argument, ref Span<byte> times)
    {
        ulong address = call.Arguments.Pointer(argument);
        if (address == 0)
        {
            times = default;
            return Errno.None;
        }
        int size = call.Arguments.Call == SystemCall.utime ? 16 : 32; // struct utimbuf, two of timespec or timeval
        if (!call.Caller.TryRead(address, times[..size]))
            return Errno.EFAULT;
        Span<long> numbers = MemoryMarshal.Cast<byte, long>(times);
        switch (call.Arguments.Call)
        {
            case SystemCall.utime:
                (numbers[0], numbers[1], numbers[2], numbers[3]) = (numbers[0], 0, numbers[1], 0);
                break;
            case SystemCall.utimes or SystemCall.futimesat:
                const long most = 1_000_000;
                if (numbers[1] is < 0 or >= most || numbers[3] is < 0 or >= most)
                    return Errno.EINVAL;
                (numbers[1], numbers[3]) = (numbers[1] * 1000, numbers[3] * 1000);
                break;
        }
        return Errno.None;
    }
}
