// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;
using Kiln.Linux.Processes;

namespace Kiln.Linux.Supervision;

/// <summary>
/// The ids of a caller, taken by the answering thread alone. Without CAP_SYS_PTRACE the kernel lets one process read another's memory only under the same real
/// ids (ptrace(2), PTRACE_MODE_REALCREDS), and whether a caller may open a file is for the file system ids to decide.
/// </summary>
public sealed unsafe class BorrowedIdentity
{
    private const uint Unchanged = uint.MaxValue;

    private readonly uint[] _ownGroups = OwnGroups();
    private (uint Uid, uint Gid) _real = (0, 0);

    /// <summary>Takes a process's real ids, until other ones are taken.</summary>
    public void TakeReal(ProcessStatus process)
    {
        if (_real == (process.EffectiveUid, process.EffectiveGid))
            return;
        _ = Libc.SetIds(Libc.SYS_setresgid, process.EffectiveGid, Unchanged, Unchanged);
        _ = Libc.SetIds(Libc.SYS_setresuid, process.EffectiveUid, Unchanged, Unchanged);
        _real = (process.EffectiveUid, process.EffectiveGid);
    }

    /// <summary>Does something under a process's file system ids and groups.</summary>
    public T AsFileUser<T>(ProcessStatus process, Func<T> work)
    {
        if (process is { FileUid: 0, FileGid: 0 })
            return work();
        SetGroups(process.Groups);
        _ = Libc.SetFileId(Libc.SYS_setfsgid, process.FileGid);
        _ = Libc.SetFileId(Libc.SYS_setfsuid, process.FileUid);
        try
        {
            return work();
        }
        finally
        {
            _ = Libc.SetFileId(Libc.SYS_setfsuid, 0);
            _ = Libc.SetFileId(Libc.SYS_setfsgid, 0);
            SetGroups(_ownGroups);
        }
    }

    private static void SetGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* start = groups)
            _ = Libc.SetGroups(Libc.SYS_setgroups, (nuint)groups.Length, start);
    }

    private static uint[] OwnGroups()
    {
        uint[] groups = new uint[Math.Max(0, Libc.GetGroups(Libc.SYS_getgroups, 0, null))];
        fixed (uint* start = groups)
            _ = Libc.GetGroups(Libc.SYS_getgroups, (nuint)groups.Length, start);
        return groups;
    }
}
