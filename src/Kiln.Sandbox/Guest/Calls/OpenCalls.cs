// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Paths;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Calls;

/// <summary>Answers open(2) and its kin: the file is opened here, once and by what was read once, and the caller gets a copy of the descriptor.</summary>
internal static class OpenCalls
{
    private const int ModeMask = 0xFFF;
    private const ulong NoCrossing = 1, NoMagic = 2, NoLinks = 4, BeneathOnly = 8, InRootOnly = 0x10, CachedOnly = 0x20; // RESOLVE_*, openat2(2)
    private const int HowSize = 24; // struct open_how

    public static void Answer(GuestCall call)
    {
        TrappedCall arguments = call.Arguments;
        switch (arguments.Call)
        {
            case SystemCall.open:
                Open(call, GuestCall.CurrentDirectory, 0, new OpenFlags(arguments.Number(1)), arguments.Number(2));
                break;
            case SystemCall.creat:
                Open(call, GuestCall.CurrentDirectory, 0, OpenFlags.OfCreat, arguments.Number(1));
                break;
            case SystemCall.openat:
                Open(call, arguments.Number(0), 1, new OpenFlags(arguments.Number(2)), arguments.Number(3));
                break;
            default:
                OpenExtended(call);
                break;
        }
    }

    /// <summary>
    /// openat2(2). What it asks for beyond openat(2) is a promise about the lookup that the walk here could not keep in all its words, so that callers are told what an older kernel tells them; those that
    /// ask for nothing of the kind are answered.
    /// </summary>
    private static void OpenExtended(GuestCall call)
    {
        Span<byte> how = stackalloc byte[HowSize];
        if (call.Arguments.Pointer(3) < HowSize)
        {
            call.Caller.Fail(Errno.EINVAL);
            return;
        }
        if (!call.Caller.TryRead(call.Arguments.Pointer(2), how))
        {
            call.Caller.Fail(Errno.EFAULT);
            return;
        }
        ulong flags = BinaryPrimitives.ReadUInt64LittleEndian(how), mode = BinaryPrimitives.ReadUInt64LittleEndian(how[8..]), resolve = BinaryPrimitives.ReadUInt64LittleEndian(how[16..]);
        if (flags > int.MaxValue || mode > ModeMask || resolve > (NoCrossing | NoMagic | NoLinks | BeneathOnly | InRootOnly | CachedOnly))
            call.Caller.Fail(Errno.EINVAL);
        else if (resolve != 0)
            call.Caller.Fail(Errno.ENOSYS);
        else
            Open(call, call.Arguments.Number(0), 1, new OpenFlags((int)flags), (int)mode);
    }

    private static void Open(GuestCall call, int directory, int argument, OpenFlags flags, int mode)
    {
        Errno error = call.ReadPath(argument, out ReadOnlySpan<byte> path);
        if (error == Errno.None && path.Length < 2)
            error = Errno.ENOENT;
        if (error == Errno.None)
            error = Open(call, directory, path, flags, mode);
        if (error != Errno.None)
            call.Caller.Fail(error);
    }

    /// <summary>No error where the call is answered.</summary>
    private static Errno Open(GuestCall call, int directory, ReadOnlySpan<byte> path, OpenFlags flags, int mode) =>
        flags.IsTemporary ? CreatingOpens.OpenTemporary(call, directory, path, flags, mode)
        : flags.Creates && !flags.IsPath ? CreatingOpens.Open(call, directory, path, flags, mode)
        : OpenExisting(call, directory, path, flags);

    /// <summary>A place cannot be given by an answer.</summary>
    internal static Errno Give(GuestCall call, Place file, OpenFlags flags)
    {
        if (!flags.IsPath)
            return call.Caller.Listener.TryReturnDescriptor(call.Arguments, file, flags.IsCloseOnExecute);
        Errno error = file.Duplicate(out Place copy);
        if (error == Errno.None)
            call.Starter.Give(call.Caller.Listener, call.Arguments, copy.ToHandle(), flags.IsCloseOnExecute);
        return error;
    }

    /// <summary>A directory that the caller may read can as well be open to be read: that is given at once, and names are looked up in it alike.</summary>
    private static Errno GivePlace(GuestCall call, in Found found, OpenFlags flags)
    {
        if (found.Status.Type != FileType.Directory || MayOpen(call, call.Tree.See(found.Status), OpenFlags.Directory) != Errno.None
            || found.Place.Reopen(OpenFlags.Directory, out Place directory) != Errno.None)
            return Give(call, found.Place, flags);
        using (directory)
            return Give(call, directory, new OpenFlags(flags.IsCloseOnExecute ? OpenFlags.CloseOnExecute : 0));
    }

    /// <summary>
    /// Opens what is there, or says that nothing is. It is looked at as a place before: to open a FIFO, for a moment and without waiting too, lets whoever waits for its other end go, fifo(7).
    /// </summary>
    internal static Errno OpenExisting(GuestCall call, int directory, ReadOnlySpan<byte> path, OpenFlags flags)
    {
        Errno error = call.Lookup.Find(directory, path, follow: !flags.NoFollow, out Found found);
        if (error != Errno.None)
            return error;
        using (found)
        {
            if (found.Node is { } node)
                return OpenServed(call, found, node, flags);
            if (flags.WantsDirectory && found.Status.Type != FileType.Directory)
                return Errno.ENOTDIR;
            if (flags.IsPath)
                return GivePlace(call, found, flags);
            if (found.Status.Type == FileType.SymbolicLink)
                return Errno.ELOOP;
            if (flags.Creates && found.Status.Type == FileType.Directory)
                return Errno.EISDIR;
            Seen seen = call.Tree.See(found.Status);
            error = MayOpen(call, seen, flags);
            if (error != Errno.None)
                return error;
            if (call.Tree.FindContent(found.Status) is not null || (seen.IsDevice && found.Status.Type == FileType.File))
                return OpenOther(call, found.Status, flags);
            if (flags.Writes && call.Tree.IsReadOnly(found.Place))
                return Errno.EROFS;
            if (found.Status.Type == FileType.Fifo && !flags.IsNonBlocking)
                return OpenFifo(call, found.Place, flags);
            error = found.Place.Reopen(flags.NonBlocking, out Place file);
            if (error != Errno.None)
                return error;
            using (file)
            {
                if (flags.Writes)
                    DropPrivileges(call, found.Status);
                if (!flags.IsNonBlocking)
                    file.SetFlags(flags);
                return Give(call, file, flags);
            }
        }
    }

    private static Errno MayOpen(GuestCall call, in Seen seen, OpenFlags flags)
    {
        if (call.State.IsPlainRoot)
            return Errno.None;
        AccessWanted wanted = flags.Wanted switch { 0 => AccessWanted.Read, 1 => AccessWanted.Write, _ => AccessWanted.Read | AccessWanted.Write } | (flags.Truncates ? AccessWanted.Write : 0);
        if (seen.IsDirectory && (wanted & AccessWanted.Write) != 0)
            return Errno.EISDIR;
        return call.State.Credentials.MayAccess(seen.Uid, seen.Gid, seen.Mode, seen.IsDirectory, wanted) ? Errno.None : Errno.EACCES;
    }

    /// <summary>A file that is written to keeps neither capabilities nor, but for who may keep them, set-id bits. Writing itself goes by unseen, so opening for it is what counts.</summary>
    private static void DropPrivileges(GuestCall call, in FullStatus status)
    {
        if (status.FileSystem != call.Tree.FileSystem || call.Tree.Records.Find(status.Inode) is not { } record)
            return;
        int mode = call.State.Credentials.ModeAfterWrite((int)record.Type | record.Mode, record.Gid) & ModeMask;
        if (mode != record.Mode || !record.Capabilities.IsEmpty)
            call.Tree.Records.Set(status.Inode, status.Mode, record with { Mode = mode, Capabilities = default });
    }

    private static Errno MayOpenServed(GuestCall call, Supervision.VirtualNode node, OpenFlags flags)
    {
        if (call.State.IsPlainRoot || flags.IsPath || node.Kind is not (Supervision.VirtualKind.File or Supervision.VirtualKind.Generated or Supervision.VirtualKind.Directory))
            return Errno.None;
        Errno error = ServedFiles.GetStatus(node, out FullStatus status);
        if (error != Errno.None)
            return error;
        Seen seen = call.Tree.See(status);
        return MayOpen(call, node.Owner is var (uid, gid) ? seen with { Uid = uid, Gid = gid } : seen, flags);
    }

    private static Errno OpenServed(GuestCall call, in Found found, Supervision.VirtualNode node, OpenFlags flags)
    {
        Errno error = MayOpenServed(call, node, flags);
        if (error != Errno.None)
            return error;
        error = call.Served.Open(call, found.Path, node, flags, out SafeFileHandle? opened);
        if (opened is null)
            return error;
        using (opened)
        {
            var file = Place.Of(opened);
            if (!flags.IsNonBlocking && !flags.IsPath && node.Kind != Supervision.VirtualKind.Directory)
                file.SetFlags(flags);
            return Give(call, file, flags);
        }
    }

    /// <summary>A file whose content is elsewhere: a secret, or the machine's device of that number.</summary>
    private static Errno OpenOther(GuestCall call, in FullStatus status, OpenFlags flags)
    {
        Place file;
        if (call.Tree.FindContent(status) is { } content)
        {
            if (flags.Writes)
                return Errno.EROFS;
            Errno error = content.Open(out file);
            if (error != Errno.None)
                return error;
        }
        else
        {
            Errno error = GuestDevices.Open(call, call.Tree.See(status), flags, out file);
            if (error != Errno.None)
                return error;
        }
        using (file)
        {
            if (!flags.IsNonBlocking)
                file.SetFlags(flags);
            return Give(call, file, flags);
        }
    }

    /// <summary>Opening a FIFO waits for its other end, which another call of the step opens: a thread of its own waits.</summary>
    private static Errno OpenFifo(GuestCall call, Place fifo, OpenFlags flags)
    {
        Errno error = fifo.Duplicate(out Place copy);
        if (error != Errno.None)
            return error;
        return call.Blocked.Start(call.Caller.Listener, call.Arguments, copy, flags);
    }
}
