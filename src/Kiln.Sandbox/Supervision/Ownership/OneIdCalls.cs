// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>Which calls are trapped where one id alone is mapped, so that files cannot be given to anybody: whose they are, and who a process is, is recorded and answered.</summary>
internal static class OneIdCalls
{
    private const int KeepCapabilities = 8;  // PR_SET_KEEPCAPS
    private const int IdentityLimit = 10;    // RLIMIT_LOCKS
    private const uint Create = 0x40;        // O_CREAT
    private const uint Temporary = 0x400000; // __O_TMPFILE

    public static ImmutableArray<FilterRule> Rules { get; } =
    [
        .. Always(SystemCall.chown, SystemCall.lchown, SystemCall.fchown, SystemCall.fchownat),
        .. Always(SystemCall.stat, SystemCall.lstat, SystemCall.fstat, SystemCall.newfstatat, SystemCall.statx),
        .. Always(SystemCall.getuid, SystemCall.geteuid, SystemCall.getgid, SystemCall.getegid, SystemCall.getresuid, SystemCall.getresgid, SystemCall.getgroups),
        .. Always(SystemCall.setuid, SystemCall.setreuid, SystemCall.setresuid, SystemCall.setfsuid, SystemCall.setgroups),
        .. Always(SystemCall.setgid, SystemCall.setregid, SystemCall.setresgid, SystemCall.setfsgid, SystemCall.execve, SystemCall.execveat),
        .. Always(SystemCall.creat, SystemCall.mkdir, SystemCall.mkdirat, SystemCall.symlink, SystemCall.symlinkat, SystemCall.mknod, SystemCall.mknodat),
        new(SystemCall.open, FilterVerdict.Notify, [ArgumentTest.HasBits(1, Create, Create)]),
        new(SystemCall.open, FilterVerdict.Notify, [ArgumentTest.HasBits(1, Temporary, Temporary)]),
        new(SystemCall.openat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, Create, Create)]),
        new(SystemCall.openat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, Temporary, Temporary)]),
        .. Always(SystemCall.openat2), // its flags lie in memory
        .. Always(SystemCall.listxattr, SystemCall.llistxattr, SystemCall.flistxattr, SystemCall.capset),
        new(SystemCall.prctl, FilterVerdict.Notify, [ArgumentTest.Is(0, KeepCapabilities)]),
        new(SystemCall.getrlimit, FilterVerdict.Notify, [ArgumentTest.Is(0, IdentityLimit)]),
        new(SystemCall.setrlimit, FilterVerdict.Notify, [ArgumentTest.Is(0, IdentityLimit)]),
        new(SystemCall.prlimit64, FilterVerdict.Notify, [ArgumentTest.Is(1, IdentityLimit)]),
        // It would look at files, and make them, past this filter; programs do without it where the kernel is older.
        new(SystemCall.io_uring_setup, FilterVerdict.Refuse(Errno.ENOSYS)),
    ];

    private static IEnumerable<FilterRule> Always(params SystemCall[] calls) => calls.Select(call => new FilterRule(call, FilterVerdict.Notify));
}
