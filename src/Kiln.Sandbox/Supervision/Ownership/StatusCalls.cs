// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Supervision;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>Answers stat(2) and its kin for files whose owner is recorded, or is nobody whom the step knows. All others are root's, as the kernel says itself.</summary>
internal sealed class StatusCalls(CallerFiles files)
{
    private const int EmptyPath = 0x1000;      // AT_EMPTY_PATH
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const int OwnerInStatx = 20;       // stx_uid, struct statx

    // st_uid, which st_gid follows: struct stat of the two architectures, asm/stat.h.
    private static readonly int OwnerInStat = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 24 : 28;

    private readonly byte[] _stat = new byte[AnsweredFile.StatSize];
    private readonly byte[] _statx = new byte[AnsweredFile.StatxSize];

    public void Answer(Caller caller)
    {
        Errno error = Open(caller, out SafeFileHandle? file);
        using (file)
        {
            // What cannot be opened is refused by the kernel too, or is behind a magic link of /proc, where nothing has a record.
            if (error != Errno.None || FindOwner(file!) is not { } owner)
                caller.Continue();
            else if (caller.Call.Call == SystemCall.statx)
                Give(caller, AnsweredFile.Statx(file!, (uint)caller.Call.Number(3), _statx), _statx, OwnerInStatx, owner, caller.Call.Pointer(4));
            else
                Give(caller, AnsweredFile.Stat(file!, _stat), _stat, OwnerInStat, owner, caller.Call.Pointer(caller.Call.Call == SystemCall.newfstatat ? 2 : 1));
        }
    }

    /// <summary>The recorded owner; root for what belongs to an id that the step does not have, as `/proc` and devices do; null where the kernel says right whose it is.</summary>
    private static (uint Uid, uint Gid)? FindOwner(SafeFileHandle file)
    {
        FileStatus status = AnsweredFile.GetStatus(file);
        return RecordedOwner.Find(file, status.Type) ?? (status is { Uid: 0, Gid: 0 } ? null : (0, 0));
    }

    private Errno Open(Caller caller, out SafeFileHandle? file)
    {
        TrappedCall call = caller.Call;
        if (call.Call == SystemCall.fstat)
            return files.OpenDescriptor(caller, call.Number(0), out file);
        var arguments = PathArguments.Of(call);
        int directory = arguments.Directory < 0 ? CurrentDirectory : call.Number(arguments.Directory);
        int flags = call.Call switch { SystemCall.newfstatat => call.Number(3), SystemCall.statx => call.Number(2), _ => 0 };
        ReadOnlySpan<byte> path = caller.ReadPath(arguments.Path);
        file = null;
        return path.Length > 1 ? files.Open(caller, directory, path, arguments.Follow, out file)
            : (flags & EmptyPath) != 0 ? files.OpenDescriptor(caller, directory, out file)
            : Errno.ENOENT;
    }

    private static void Give(Caller caller, Errno error, byte[] status, int at, (uint Uid, uint Gid) owner, ulong address)
    {
        if (error != Errno.None || !caller.Listener.IsWaiting(caller.Call))
        {
            caller.Fail(error != Errno.None ? error : Errno.ESRCH);
            return;
        }
        BinaryPrimitives.WriteUInt32LittleEndian(status.AsSpan(at), owner.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(status.AsSpan(at + sizeof(uint)), owner.Gid);
        caller.ReturnBytes(address, status, 0);
    }
}
