// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision;

/// <summary>The system calls that change something by a path, which are trapped too where a step has mounts: <see cref="MountGuard"/> says what a mount would refuse.</summary>
internal static class GuardedCalls
{
    private const uint AccessMode = 3;   // O_ACCMODE
    private const int Create = 0x40;     // O_CREAT
    private const int Truncate = 0x200;  // O_TRUNC
    private const int ReadOnly = 0;      // O_RDONLY
    private const int MayWrite = 2;      // W_OK
    private const int FollowLink = 0x400; // AT_SYMLINK_FOLLOW

    private static readonly SystemCall[] Unconditional =
    [
        SystemCall.creat, SystemCall.truncate, SystemCall.mkdir, SystemCall.mkdirat, SystemCall.symlink, SystemCall.symlinkat, SystemCall.link, SystemCall.linkat,
        SystemCall.unlink, SystemCall.unlinkat, SystemCall.rmdir, SystemCall.rename, SystemCall.renameat, SystemCall.renameat2,
        SystemCall.lchown, SystemCall.fchownat, SystemCall.fchmodat, SystemCall.fchmodat2, SystemCall.utime, SystemCall.utimes, SystemCall.futimesat, SystemCall.utimensat,
        SystemCall.setxattr, SystemCall.lsetxattr, SystemCall.removexattr, SystemCall.lremovexattr,
        SystemCall.openat2, // its flags lie in memory
    ];

    public static ImmutableArray<FilterRule> Rules { get; } =
    [
        new(SystemCall.openat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, Create, Create)]),
        new(SystemCall.openat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, Truncate, Truncate)]),
        new(SystemCall.openat, FilterVerdict.Allow, [ArgumentTest.HasBits(2, AccessMode, ReadOnly)]),
        new(SystemCall.openat, FilterVerdict.Notify),
        new(SystemCall.faccessat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, MayWrite, MayWrite)]),
        new(SystemCall.faccessat2, FilterVerdict.Notify, [ArgumentTest.HasBits(2, MayWrite, MayWrite)]),
        .. Unconditional.Select(call => new FilterRule(call, FilterVerdict.Notify)),
    ];

    /// <summary>Whether a call is trapped for the guard alone: what it lets pass is the kernel's affair.</summary>
    public static bool IsAlone(in TrappedCall call) => call.Call switch
    {
        SystemCall.openat2 or SystemCall.fchownat or SystemCall.fchmodat or SystemCall.fchmodat2 or SystemCall.utimensat => false,
        SystemCall.linkat => (call.Number(4) & FollowLink) == 0,
        { } name => Unconditional.Contains(name),
        null => false,
    };

    /// <summary>What a call does to a path, and which of its arguments that is; nothing for one that changes nothing.</summary>
    /// <param name="call">The call.</param>
    /// <param name="flags">Of an open, its flags.</param>
    public static ImmutableArray<PathChange> Find(in TrappedCall call, Linux.Supervision.OpenFlags flags)
    {
        const int linkItself = 0x100; // AT_SYMLINK_NOFOLLOW
        PathChangeKind opening = flags.Creates ? PathChangeKind.Open : PathChangeKind.Modify;
        return call.Call switch
        {
            SystemCall.open when flags.Writes || flags.Creates => [new(-1, 0, opening, !flags.NoFollow)],
            SystemCall.openat or SystemCall.openat2 when flags.Writes || flags.Creates => [new(0, 1, opening, !flags.NoFollow)],
            SystemCall.creat => [new(-1, 0, PathChangeKind.Open, true)],
            SystemCall.access when (call.Number(1) & MayWrite) != 0 => [new(-1, 0, PathChangeKind.Modify, true)],
            SystemCall.faccessat or SystemCall.faccessat2 when (call.Number(2) & MayWrite) != 0 => [new(0, 1, PathChangeKind.Modify, true)],
            SystemCall.truncate or SystemCall.chmod or SystemCall.chown or SystemCall.utime or SystemCall.utimes or SystemCall.setxattr or SystemCall.removexattr =>
                [new(-1, 0, PathChangeKind.Modify, true)],
            SystemCall.lchown or SystemCall.lsetxattr or SystemCall.lremovexattr => [new(-1, 0, PathChangeKind.Modify, false)],
            SystemCall.fchmodat or SystemCall.futimesat => [new(0, 1, PathChangeKind.Modify, true)],
            SystemCall.fchmodat2 or SystemCall.utimensat => [new(0, 1, PathChangeKind.Modify, (call.Number(3) & linkItself) == 0)],
            SystemCall.fchownat => [new(0, 1, PathChangeKind.Modify, (call.Number(4) & linkItself) == 0)],
            SystemCall.mkdir => [new(-1, 0, PathChangeKind.Create, false)],
            SystemCall.mkdirat => [new(0, 1, PathChangeKind.Create, false)],
            SystemCall.symlink => [new(-1, 1, PathChangeKind.Create, false)],
            SystemCall.symlinkat => [new(1, 2, PathChangeKind.Create, false)],
            SystemCall.unlink or SystemCall.rmdir => [new(-1, 0, PathChangeKind.Remove, false)],
            SystemCall.unlinkat => [new(0, 1, PathChangeKind.Remove, false)],
            SystemCall.rename => [new(-1, 0, PathChangeKind.Remove, false), new(-1, 1, PathChangeKind.Remove, false)],
            SystemCall.renameat or SystemCall.renameat2 => [new(0, 1, PathChangeKind.Remove, false), new(2, 3, PathChangeKind.Remove, false)],
            SystemCall.link => [new(-1, 0, PathChangeKind.Link, false), new(-1, 1, PathChangeKind.Create, false)],
            SystemCall.linkat => [new(0, 1, PathChangeKind.Link, (call.Number(4) & FollowLink) != 0), new(2, 3, PathChangeKind.Create, false)],
            _ => [],
        };
    }
}
