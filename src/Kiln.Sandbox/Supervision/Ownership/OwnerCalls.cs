// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// Answers chown(2) and its kin: the file is given to root, to whom it belongs, so that the kernel refuses what it would refuse, copies a lower file up and drops the special bits; whose it
/// is from now on is recorded with it.
/// </summary>
internal sealed class OwnerCalls(CallerFiles files, IdentityTable identities)
{
    private const int KnownFlags = 0x1100; // AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000;
    private const int CurrentDirectory = -100; // AT_FDCWD

    public void Answer(Caller caller)
    {
        TrappedCall call = caller.Call;
        bool relative = call.Call == SystemCall.fchownat;
        if (relative && (call.Number(4) & ~KnownFlags) != 0)
        {
            caller.Continue(); // which the kernel refuses, in its own words
            return;
        }
        int ids = relative ? 2 : 1;
        Errno error = Open(caller, out SafeFileHandle? file);
        using (file)
            caller.Return(file is null ? error : Give(caller, file, (uint)call.Number(ids), (uint)call.Number(ids + 1)));
    }

    private Errno Open(Caller caller, out SafeFileHandle? file)
    {
        TrappedCall call = caller.Call;
        if (call.Call == SystemCall.fchown)
            return files.OpenDescriptor(caller, call.Number(0), out file);
        var arguments = PathArguments.Of(call);
        int directory = arguments.Directory < 0 ? CurrentDirectory : call.Number(arguments.Directory);
        ReadOnlySpan<byte> path = caller.ReadPath(arguments.Path);
        bool itself = call.Call == SystemCall.fchownat && (call.Number(4) & EmptyPath) != 0;
        file = null;
        return path.Length > 1 ? files.Open(caller, directory, path, arguments.Follow, out file)
            : path.IsEmpty && !itself ? Errno.EFAULT
            : itself ? files.OpenDescriptor(caller, directory, out file)
            : Errno.ENOENT;
    }

    private Errno Give(Caller caller, SafeFileHandle file, uint uid, uint gid)
    {
        const uint unchanged = uint.MaxValue;
        FileStatus status = AnsweredFile.GetStatus(file);
        (uint Uid, uint Gid) owner = RecordedOwner.Find(file, status.Type) ?? (status.Uid, status.Gid);
        if (!Allows(identities.Of(caller), owner, uid == unchanged ? null : uid, gid == unchanged ? null : gid))
            return Errno.EPERM;
        if (!caller.Listener.IsWaiting(caller.Call))
            return Errno.ESRCH; // its number may be another's by now, and the file with it
        Errno error = AnsweredFile.ChangeOwner(file, 0, 0);
        if (error != Errno.None)
            return error;
        if (status.Type == FileType.Socket)
            return Errno.None; // no layer has one
        error = RecordedOwner.Set(file, status.Type, uid == unchanged ? owner.Uid : uid, gid == unchanged ? owner.Gid : gid);
        return error == Errno.EOPNOTSUPP ? Errno.None : error; // a pipe, or a file system in memory: nothing of it reaches a layer
    }

    /// <summary>"Only a privileged process may change the owner of a file. The owner of a file may change the group of the file to any group of which that owner is a member" (chown(2)).</summary>
    private static bool Allows(RecordedIdentity identity, (uint Uid, uint Gid) owner, uint? uid, uint? gid)
    {
        if (identity.MayGiveAway)
            return true;
        bool owns = identity.Users.File == owner.Uid;
        return (uid is not { } user || (owns && user == owner.Uid)) && (gid is not { } group || (owns && (group == owner.Gid || identity.IsInGroup(group))));
    }
}
