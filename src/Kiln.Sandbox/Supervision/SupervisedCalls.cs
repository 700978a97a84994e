// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Namespaces;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.Sandbox.Supervision;

/// <summary>Which system calls of a step the supervisor answers. Everything else goes to the kernel at its own speed.</summary>
internal static class SupervisedCalls
{
    /// <summary>
    /// Descriptors from this number on are trapped where a path is relative to them. The supervisor gives such numbers to handles of directories that it
    /// serves, so that what is opened relative to all others costs nothing.
    /// </summary>
    public const int FirstServedDescriptor = 4096;

    private const int DuplicateDescriptor = 0;           // F_DUPFD
    private const int DuplicateDescriptorCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    public const int SetOwner = 8;                       // F_SETOWN
    private const int SetOwnerExtended = 15;             // F_SETOWN_EX
    private const int SetOwnerIoctl = 0x8901;            // FIOSETOWN
    private const int SetGroupIoctl = 0x8902;            // SIOCSPGRP
    private const int FollowLink = 0x400;                // AT_SYMLINK_FOLLOW
    private const int Attach = 16;                       // PTRACE_ATTACH
    private const int Seize = 0x4206;                    // PTRACE_SEIZE
    private const int SocketLevel = 1;                   // SOL_SOCKET
    private const int PassProcess = 76;                  // SO_PASSPIDFD
    private const int PeerProcess = 77;                  // SO_PEERPIDFD
    private const uint TypeMask = 0xF000;
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;

    /// <summary>Device nodes, which no user namespace lets anybody make.</summary>
    public static ImmutableArray<FilterRule> OfDevices { get; } =
    [
        new(SystemCall.mknod, FilterVerdict.Notify, [ArgumentTest.HasBits(1, TypeMask, CharacterDevice)]),
        new(SystemCall.mknod, FilterVerdict.Notify, [ArgumentTest.HasBits(1, TypeMask, BlockDevice)]),
        new(SystemCall.mknodat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, TypeMask, CharacterDevice)]),
        new(SystemCall.mknodat, FilterVerdict.Notify, [ArgumentTest.HasBits(2, TypeMask, BlockDevice)]),
    ];

    /// <summary>What names a process, where the step shares the builder's process ids: it must name one of its own.</summary>
    public static ImmutableArray<FilterRule> OfProcesses { get; } =
    [
        .. UnlessOwn(0, SystemCall.kill, SystemCall.prlimit64, SystemCall.sched_setparam, SystemCall.sched_setscheduler, SystemCall.sched_setaffinity),
        .. UnlessOwn(0, SystemCall.sched_setattr, SystemCall.move_pages, SystemCall.migrate_pages),
        .. UnlessOwnScope(SystemCall.setpriority, firstScope: 0),
        .. UnlessOwnScope(SystemCall.ioprio_set, firstScope: 1),
        .. Always(SystemCall.tkill, SystemCall.tgkill, SystemCall.rt_sigqueueinfo, SystemCall.rt_tgsigqueueinfo, SystemCall.pidfd_open, SystemCall.kcmp),
        .. Always(SystemCall.process_vm_readv, SystemCall.process_vm_writev),
        // Whoever owns a descriptor gets signals for it: the number is a register's in one of four calls, and in memory, which may change, in the others.
        new(SystemCall.fcntl, FilterVerdict.Notify, [ArgumentTest.Is(1, SetOwner)]),
        new(SystemCall.fcntl, FilterVerdict.Refuse(Errno.EPERM), [ArgumentTest.Is(1, SetOwnerExtended)]),
        new(SystemCall.ioctl, FilterVerdict.Refuse(Errno.EPERM), [ArgumentTest.Is(1, SetOwnerIoctl)]),
        new(SystemCall.ioctl, FilterVerdict.Refuse(Errno.EPERM), [ArgumentTest.Is(1, SetGroupIoctl)]),
        // A handle of the process at the other end of a socket is one to signal it by.
        new(SystemCall.getsockopt, FilterVerdict.Refuse(Errno.ENOPROTOOPT), [ArgumentTest.Is(1, SocketLevel), ArgumentTest.Is(2, PeerProcess)]),
        new(SystemCall.setsockopt, FilterVerdict.Refuse(Errno.ENOPROTOOPT), [ArgumentTest.Is(1, SocketLevel), ArgumentTest.Is(2, PassProcess)]),
    ];

    /// <summary>Where the step shares the builder's process ids and has no mounts: what names a path may name one in `/proc`, what names a process must name one of its own.</summary>
    public static ImmutableArray<FilterRule> OfChroot { get; } =
    [
        .. OfDevices,

        .. Always(SystemCall.open, SystemCall.stat, SystemCall.lstat, SystemCall.access, SystemCall.readlink, SystemCall.chdir, SystemCall.execve),
        .. Always(SystemCall.chmod, SystemCall.chown, SystemCall.uname),
        .. Always(SystemCall.getxattr, SystemCall.lgetxattr, SystemCall.listxattr, SystemCall.llistxattr, SystemCall.statfs),
        // The working directory's number, -100, is a large one too.
        .. RelativeToServed(SystemCall.openat, SystemCall.openat2, SystemCall.newfstatat, SystemCall.statx, SystemCall.faccessat, SystemCall.faccessat2),
        .. RelativeToServed(SystemCall.readlinkat, SystemCall.fchmodat, SystemCall.fchmodat2, SystemCall.fchownat, SystemCall.utimensat, SystemCall.dup),
        new(SystemCall.linkat, FilterVerdict.Notify, [ArgumentTest.HasBits(4, FollowLink, FollowLink)]),
        .. RelativeToServed(SystemCall.pidfd_send_signal),
        new(SystemCall.fcntl, FilterVerdict.Notify, [ArgumentTest.IsAtLeast(0, FirstServedDescriptor), ArgumentTest.Is(1, DuplicateDescriptor)]),
        new(SystemCall.fcntl, FilterVerdict.Notify, [ArgumentTest.IsAtLeast(0, FirstServedDescriptor), ArgumentTest.Is(1, DuplicateDescriptorCloseOnExec)]),

        .. OfProcesses,
        new(SystemCall.ptrace, FilterVerdict.Notify, [ArgumentTest.Is(0, Attach)]),
        new(SystemCall.ptrace, FilterVerdict.Notify, [ArgumentTest.Is(0, Seize)]),
    ];

    /// <summary>Those of a step that asks for more than its root.</summary>
    public static ImmutableArray<FilterRule> ForChroot(MoreTraps more, RunNetwork network) =>
    [
        .. network == RunNetwork.None ? NetworkCalls.OfNoNetwork : [],
        .. OfChroot,
        .. more.HasFlag(MoreTraps.Lookups) ? Always(SystemCall.openat, SystemCall.newfstatat, SystemCall.statx, SystemCall.faccessat, SystemCall.faccessat2) : [],
        .. more.HasFlag(MoreTraps.Changes) ? GuardedCalls.Rules : [],
    ];

    /// <summary>Those of a step in namespaces of its own.</summary>
    public static ImmutableArray<FilterRule> ForNamespaces(IdMaps maps) => maps.AreOfOne ? [.. OfDevices, .. OneIdCalls.Rules] : OfDevices;

    private static IEnumerable<FilterRule> Always(params SystemCall[] calls) => calls.Select(call => new FilterRule(call, FilterVerdict.Notify));

    private static IEnumerable<FilterRule> RelativeToServed(params SystemCall[] calls) =>
        calls.Select(call => new FilterRule(call, FilterVerdict.Notify, [ArgumentTest.IsAtLeast(0, FirstServedDescriptor)]));

    /// <summary>Process 0 is the caller itself.</summary>
    private static IEnumerable<FilterRule> UnlessOwn(int argument, params SystemCall[] calls) => calls.SelectMany(call => new[]
    {
        new FilterRule(call, FilterVerdict.Allow, [ArgumentTest.Is(argument, 0)]), new FilterRule(call, FilterVerdict.Notify),
    });

    /// <summary>The caller itself or its group; number 0 of the next scope would be all processes of its user, the builder's too.</summary>
    private static IEnumerable<FilterRule> UnlessOwnScope(SystemCall call, int firstScope) =>
    [
        new(call, FilterVerdict.Allow, [ArgumentTest.Is(0, firstScope), ArgumentTest.Is(1, 0)]),
        new(call, FilterVerdict.Allow, [ArgumentTest.Is(0, firstScope + 1), ArgumentTest.Is(1, 0)]),
        new(call, FilterVerdict.Notify),
    ];
}
