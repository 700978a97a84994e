// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Processes;

/// <summary>
/// A number on a process that the kernel hands on to whatever it starts, at the very moment of the fork and through every execve: the soft limit of file locks, which has had no other meaning
/// since Linux 2.4.25 (RLIMIT_LOCKS, getrlimit(2)). The process can change it too.
/// </summary>
public static unsafe class InheritedNumber
{
    /// <summary>What tells our numbers from a limit that somebody set.</summary>
    private const ulong Mark = 0x4B69_6C6E_0000_0000;

    /// <summary>Null where the process has none, or has ended.</summary>
    public static int? Find(int processId)
    {
        Libc.ResourceLimit limit;
        return Libc.Prlimit(processId, Libc.RLIMIT_LOCKS, null, &limit) == 0 && limit.Soft >> 32 == Mark >> 32 && (uint)limit.Soft <= int.MaxValue ? (int)(uint)limit.Soft : null;
    }

    /// <summary>Fails where the hard limit is lower than our numbers, or the process has ended.</summary>
    public static Errno Set(int processId, int number)
    {
        Libc.ResourceLimit limit;
        if (Libc.Prlimit(processId, Libc.RLIMIT_LOCKS, null, &limit) != 0)
            return LastError;
        limit.Soft = Mark | (uint)number;
        return Libc.Prlimit(processId, Libc.RLIMIT_LOCKS, &limit, null) == 0 ? Errno.None : LastError;
    }

    private static Errno LastError => (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
}
