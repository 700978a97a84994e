// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// Answers calls that may make a file. What is root's, as nearly all is, the kernel makes. What is to be another's is made here and recorded before the caller can see it; an open gives the caller a
/// copy of the descriptor. Nothing here waits: what is opened is new.
/// </summary>
internal sealed class CreationCalls(CallerFiles files, IdentityTable identities)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int FileTypeMask = 0xF000;
    private const int ModeMask = 0xFFF;
    private const int SetGid = 0x400; // S_ISGID

    private bool _ownMask;

    public void Answer(Caller caller)
    {
        TrappedCall call = caller.Call;
        switch (call.Call)
        {
            case SystemCall.mkdir:
                Make(caller, CurrentDirectory, 0, FileType.Directory, call.Number(1));
                break;
            case SystemCall.mkdirat:
                Make(caller, call.Number(0), 1, FileType.Directory, call.Number(2));
                break;
            case SystemCall.symlink:
                Make(caller, CurrentDirectory, 1, FileType.SymbolicLink, 0);
                break;
            case SystemCall.symlinkat:
                Make(caller, call.Number(1), 2, FileType.SymbolicLink, 0);
                break;
            case SystemCall.mknod:
                Make(caller, CurrentDirectory, 0, TypeOf(call.Number(1)), call.Number(1));
                break;
            case SystemCall.mknodat:
                Make(caller, call.Number(0), 1, TypeOf(call.Number(2)), call.Number(2));
                break;
            case SystemCall.creat:
                Open(caller, CurrentDirectory, 0, OpenFlags.Create, call.Number(1), PathResolve.Anywhere);
                break;
            case SystemCall.open:
                Open(caller, CurrentDirectory, 0, new OpenFlags(call.Number(1)), call.Number(2), PathResolve.Anywhere);
                break;
            case SystemCall.openat:
                Open(caller, call.Number(0), 1, new OpenFlags(call.Number(2)), call.Number(3), PathResolve.Anywhere);
                break;
            default:
                Span<byte> how = stackalloc byte[24]; // struct open_how: flags, mode, resolve
                if (caller.TryRead(call.Pointer(2), how))
                    Open(caller, call.Number(0), 1, new OpenFlags(BinaryPrimitives.ReadInt32LittleEndian(how)), BinaryPrimitives.ReadInt32LittleEndian(how[8..]),
                        (PathResolve)BinaryPrimitives.ReadInt32LittleEndian(how[16..]));
                else
                    caller.Continue();
                break;
        }
    }

    /// <summary>What only root may make stays what it is.</summary>
    public bool MayMakeDevices(Caller caller) => identities.Of(caller).Users.File == 0;

    private static FileType TypeOf(int mode) => (mode & FileTypeMask) == 0 ? FileType.File : (FileType)(mode & FileTypeMask);

    /// <summary>A directory, a link, a FIFO, or a file by mknod(2).</summary>
    private void Make(Caller caller, int directory, int argument, FileType type, int mode)
    {
        ReadOnlySpan<byte> path = caller.ReadPath(argument);
        if (path.Length < 2 || (path[^2] == '/' && type != FileType.Directory)
            || files.OpenParent(caller, directory, path, PathResolve.Anywhere, out DirectoryHandle? parent, out ReadOnlySpan<byte> name) != Errno.None)
        {
            caller.Continue(); // which the kernel refuses, in its own words
            return;
        }
        using (parent)
        {
            byte[] own = name.ToArray(); // the buffer is the caller's next path's too
            if (FindOwner(caller, parent!) is not { } owner)
                caller.Continue();
            else if (Prepare(caller) is var error and not Errno.None)
                caller.Fail(error);
            else
                caller.Return(Make(caller, parent!, own, type, mode & ModeMask & ~MaskOf(caller), owner));
        }
    }

    private static Errno Make(Caller caller, DirectoryHandle parent, byte[] name, FileType type, int mode, (uint Uid, uint Gid) owner)
    {
        switch (type)
        {
            case FileType.Directory:
                parent.MakeDirectory(name, mode);
                break;
            case FileType.SymbolicLink:
                ReadOnlySpan<byte> target = caller.ReadPath(0);
                if (target.Length < 2)
                    return target.IsEmpty ? Errno.EFAULT : Errno.ENOENT;
                parent.MakeSymbolicLink(name, target[..^1]);
                break;
            default:
                parent.MakeNode(name, type, mode, default);
                break;
        }
        return type == FileType.Socket ? Errno.None : Known(RecordedOwner.Set(parent, name, type, owner.Uid, owner.Gid));
    }

    private void Open(Caller caller, int directory, int argument, OpenFlags flags, int mode, PathResolve resolve)
    {
        ReadOnlySpan<byte> path = caller.ReadPath(argument);
        if (!flags.Creates || path.Length < 2)
        {
            caller.Continue();
            return;
        }
        byte[] own = path.ToArray();
        // What is there, or cannot be, is the kernel's affair.
        if (FindOwner(caller, directory, own, flags, resolve) is not { } owner || !(flags.IsTemporary || IsMissing(caller, directory, own, flags, resolve)))
        {
            caller.Continue();
            return;
        }
        Errno error = Prepare(caller);
        SafeFileHandle? made = null;
        if (error == Errno.None)
            error = files.Open(caller, directory, own, flags.NonBlocking, mode & ModeMask & ~MaskOf(caller), resolve, out made);
        using (made)
        {
            if (made is not null)
                error = Known(RecordedOwner.Set(made, FileType.File, owner.Uid, owner.Gid));
            if (error != Errno.None)
            {
                caller.Fail(error);
                return;
            }
            if (!flags.IsNonBlocking)
                AnsweredFile.MakeBlocking(made!, flags);
            if (!caller.Listener.TryReturnDescriptor(caller.Call, made!, flags.IsCloseOnExecute, number: null, out Errno? refusal))
                caller.Fail(refusal.Value);
        }
    }

    private bool IsMissing(Caller caller, int directory, byte[] path, OpenFlags flags, PathResolve resolve)
    {
        OpenFlags look = flags.NoFollow || flags.IsExclusive ? OpenFlags.PathOfLink : OpenFlags.Path;
        Errno error = files.Open(caller, directory, path, look, 0, resolve, out SafeFileHandle? there);
        there?.Dispose();
        return error == Errno.ENOENT && path[^2] != '/';
    }

    private (uint Uid, uint Gid)? FindOwner(Caller caller, int directory, byte[] path, OpenFlags flags, PathResolve resolve)
    {
        if (flags.IsTemporary)
        {
            if (files.Open(caller, directory, path, OpenFlags.PathOfDirectory, 0, resolve, out SafeFileHandle? file) != Errno.None)
                return null;
            using DirectoryHandle itself = AnsweredFile.AsDirectory(file!);
            return FindOwner(caller, itself);
        }
        if (files.OpenParent(caller, directory, path, resolve, out DirectoryHandle? parent, out _) != Errno.None)
            return null;
        using (parent)
            return FindOwner(caller, parent!);
    }

    /// <summary>Whose a file in a directory will be; null for root. A directory with S_ISGID hands its group on, inode(7).</summary>
    private (uint Uid, uint Gid)? FindOwner(Caller caller, DirectoryHandle parent)
    {
        RecordedIdentity identity = identities.Of(caller);
        (uint uid, uint gid) = (identity.Users.File, identity.Groups.File);
        if ((parent.GetStatus(UnixPath.Root).Mode & SetGid) != 0)
            gid = RecordedOwner.Find(parent)?.Gid ?? 0;
        return (uid, gid) == (0, 0) ? null : (uid, gid);
    }

    /// <summary>What is made here gets the caller's mask, and the builder's does not count.</summary>
    private Errno Prepare(Caller caller)
    {
        if (!_ownMask)
            ProcessAttributes.TakeEmptyCreationMask();
        _ownMask = true;
        return caller.Listener.IsWaiting(caller.Call) ? Errno.None : Errno.ESRCH; // its number may be another's by now, and its directory with it
    }

    private static int MaskOf(Caller caller) => caller.Status?.FileCreationMask ?? ModeMask;

    /// <summary>A file system in memory may keep no records: nothing of it reaches a layer.</summary>
    private static Errno Known(Errno error) => error == Errno.EOPNOTSUPP ? Errno.None : error;
}
