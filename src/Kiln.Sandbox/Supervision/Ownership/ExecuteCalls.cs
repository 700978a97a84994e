// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>
/// Lets execve(2) go on, and makes of the caller whom a set-id program makes of it. Which program the kernel then starts hangs on memory that the caller may change meanwhile: it can make itself
/// somebody else so, whom nothing but its own records hold it from being.
/// </summary>
internal sealed class ExecuteCalls(CallerFiles files, IdentityTable identities)
{
    private const int SetUid = 0x800;  // S_ISUID
    private const int SetGid = 0x400;  // S_ISGID
    private const int GroupMayExecute = 8;
    private const int MayExecute = 0x49; // 0111
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100;   // AT_SYMLINK_NOFOLLOW
    private const int CurrentDirectory = -100; // AT_FDCWD

    public void Answer(Caller caller)
    {
        Errno error = Open(caller, out SafeFileHandle? program);
        using (program)
            if (error == Errno.None)
                Execute(caller, program!);
        caller.Continue();
    }

    private Errno Open(Caller caller, out SafeFileHandle? program)
    {
        TrappedCall call = caller.Call;
        bool relative = call.Call == SystemCall.execveat;
        int directory = relative ? call.Number(0) : CurrentDirectory, flags = relative ? call.Number(4) : 0;
        ReadOnlySpan<byte> path = caller.ReadPath(relative ? 1 : 0);
        program = null;
        return path.Length > 1 ? files.Open(caller, directory, path, (flags & NoFollow) == 0, out program)
            : (flags & EmptyPath) != 0 ? files.OpenDescriptor(caller, directory, out program)
            : Errno.ENOENT;
    }

    private void Execute(Caller caller, SafeFileHandle program)
    {
        FileStatus status = AnsweredFile.GetStatus(program);
        if (status.Type != FileType.File || (status.Mode & MayExecute) == 0)
            return;
        RecordedIdentity now = identities.Of(caller);
        uint? user = null, group = null;
        if ((status.Mode & (SetUid | SetGid)) != 0)
        {
            (uint uid, uint gid) = RecordedOwner.Find(program, status.Type) ?? (status.Uid, status.Gid);
            user = (status.Mode & SetUid) != 0 ? uid : null;
            group = (status.Mode & SetGid) != 0 && (status.Mode & GroupMayExecute) != 0 ? gid : null;
        }
        RecordedIdentity after = now.Execute(user, group);
        if (after != now)
            _ = identities.Set(caller, after);
    }
}
