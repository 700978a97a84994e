// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Seccomp;
using Kiln.Sandbox.Guest.Calls;
using Kiln.Sandbox.Guest.Identity;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Sandbox.Supervision;

namespace Kiln.Sandbox.Guest;

/// <summary>
/// What becomes of every system call of a supervised step. What takes a path or yields one is answered; what names a process is judged; a call that stands in no list here fails with ENOSYS, whatever it would do.
/// </summary>
internal static class GuestCalls
{
    private const int FamilyUnix = 1, FamilyNetlink = 16, FamilyMachine = 40; // AF_UNIX, AF_NETLINK, AF_VSOCK
    private const int Audit = 9; // NETLINK_AUDIT
    private const int SetMemory = 35; // PR_SET_MM
    private const int SocketLevel = 1, PeerCredentials = 17; // SOL_SOCKET, SO_PEERCRED
    private const uint SocketTypeMask = 0xF, Datagram = 2, Raw = 3; // SOCK_DGRAM, SOCK_RAW
    private const int IdentityLimit = 10; // RLIMIT_LOCKS
    private const int GetFlags = 3; // F_GETFL
    private const uint Negative = 0x80000000, FixedMapping = 0x10, ReplacingSegment = 0x4000; // AT_FDCWD among them; MAP_FIXED; SHM_REMAP
    private const uint SharedDirectory = 0x200, SharedFiles = 0x400, SameProcess = 0x10000; // CLONE_FS, CLONE_FILES, CLONE_THREAD
    private const int StrictFilter = 0, ProgrammedFilter = 1, SetFilter = 22; // SECCOMP_SET_MODE_STRICT, SECCOMP_SET_MODE_FILTER, PR_SET_SECCOMP
    private const uint FastOpen = 0x20000000; // MSG_FASTOPEN, send(2)

    /// <summary>open(2) and its kin: opened in the tree by the supervisor, the caller gets a descriptor.</summary>
    public static ImmutableArray<SystemCall> Opening { get; } = [SystemCall.open, SystemCall.openat, SystemCall.openat2, SystemCall.creat];

    /// <summary>Those that <see cref="ShortcutCode"/> can do for a process.</summary>
    public static FrozenSet<SystemCall> Shortened { get; } =
        [SystemCall.open, SystemCall.openat, SystemCall.newfstatat, SystemCall.readlink, SystemCall.access, SystemCall.stat, SystemCall.lstat, SystemCall.fstat];

    /// <summary>
    /// What the kernel carries out for that code, whoever jumps there: an open beneath a directory that the caller has, to read or as a place, as one of the descriptions in <see cref="ShortcutMemory"/> says, which nobody but the
    /// supervisor writes and nobody may unmap; and a look at a descriptor. <see cref="Landlock"/> keeps the step from the content of files outside its tree besides.
    /// </summary>
    public static ImmutableArray<FilterRule> Shortcuts { get; } =
    [
        new(SystemCall.openat2, FilterVerdict.Allow,
        [
            ArgumentTest.HasBits(0, Negative, 0), ArgumentTest.IsHigh(2, High(ShortcutMemory.OpensAddress)), ArgumentTest.HasBits(2, unchecked((uint)ShortcutMemory.OpensMask), unchecked((uint)ShortcutMemory.OpensAddress)),
        ]) { ReturnAddress = ShortcutCode.AfterOpen },
        new(SystemCall.fstat, FilterVerdict.Allow) { ReturnAddress = ShortcutCode.AfterStatus },
        new(SystemCall.fcntl, FilterVerdict.Allow, [ArgumentTest.Is(1, GetFlags)]),
    ];

    /// <summary>What could put something else in the place of that memory. It is looked at where the addresses of 4 GiB before it and behind its start are named, or as much is mapped at once.</summary>
    public static ImmutableArray<FilterRule> Mappings { get; } =
    [
        .. NearMemory(SystemCall.mmap, 0), new(SystemCall.mmap, FilterVerdict.Notify, [ArgumentTest.HasBits(3, FixedMapping, FixedMapping), ArgumentTest.IsHighAtLeast(1, 1)]),
        .. NearMemory(SystemCall.munmap, 0), new(SystemCall.munmap, FilterVerdict.Notify, [ArgumentTest.IsHighAtLeast(1, 1)]),
        .. NearMemory(SystemCall.mremap, 0), .. NearMemory(SystemCall.mremap, 4),
        new(SystemCall.mremap, FilterVerdict.Notify, [ArgumentTest.IsHighAtLeast(1, 1)]), new(SystemCall.mremap, FilterVerdict.Notify, [ArgumentTest.IsHighAtLeast(2, 1)]),
        new(SystemCall.shmat, FilterVerdict.Refuse(Errno.EINVAL), [ArgumentTest.HasBits(2, ReplacingSegment, ReplacingSegment)]),
    ];

    private static IEnumerable<FilterRule> NearMemory(SystemCall call, int argument) =>
        new[] { High(ShortcutCode.Address) - 1, High(ShortcutCode.Address) }.Select(high => new FilterRule(call, FilterVerdict.Notify, [ArgumentTest.IsHigh(argument, high)]));

    private static uint High(ulong address) => (uint)(address >> 32);

    /// <summary>For who is not root: the code finds its way shut and has the supervisor answer.</summary>
    public static SeccompProgram WithoutShortcuts { get; } =
        SeccompProgram.Assemble([new(SystemCall.openat2, FilterVerdict.Refuse(Errno.EACCES)) { ReturnAddress = ShortcutCode.AfterOpen }], SystemCallNumbers.X64);

    /// <summary>What only looks.</summary>
    public static ImmutableArray<SystemCall> Looking { get; } =
    [
        SystemCall.stat, SystemCall.lstat, SystemCall.fstat, SystemCall.newfstatat, SystemCall.statx, SystemCall.access, SystemCall.faccessat, SystemCall.faccessat2, SystemCall.readlink,
        SystemCall.readlinkat, SystemCall.statfs,
    ];

    /// <summary>Modes, owners, times and lengths.</summary>
    public static ImmutableArray<SystemCall> Changing { get; } =
    [
        SystemCall.chmod, SystemCall.fchmod, SystemCall.fchmodat, SystemCall.fchmodat2, SystemCall.chown, SystemCall.fchown, SystemCall.lchown, SystemCall.fchownat, SystemCall.utime, SystemCall.utimes,
        SystemCall.futimesat, SystemCall.utimensat, SystemCall.truncate,
    ];

    /// <summary>Names made, moved and taken away.</summary>
    public static ImmutableArray<SystemCall> Naming { get; } =
    [
        SystemCall.mkdir, SystemCall.mkdirat, SystemCall.mknod, SystemCall.mknodat, SystemCall.symlink, SystemCall.symlinkat, SystemCall.link, SystemCall.linkat, SystemCall.unlink, SystemCall.unlinkat,
        SystemCall.rmdir, SystemCall.rename, SystemCall.renameat, SystemCall.renameat2,
    ];

    /// <summary>Where a process is.</summary>
    public static ImmutableArray<SystemCall> Placing { get; } = [SystemCall.chdir, SystemCall.fchdir, SystemCall.chroot, SystemCall.getcwd, SystemCall.umask];

    /// <summary>Extended attributes.</summary>
    public static ImmutableArray<SystemCall> Attributes { get; } =
    [
        SystemCall.setxattr, SystemCall.lsetxattr, SystemCall.fsetxattr, SystemCall.getxattr, SystemCall.lgetxattr, SystemCall.fgetxattr, SystemCall.listxattr, SystemCall.llistxattr, SystemCall.flistxattr,
        SystemCall.removexattr, SystemCall.lremovexattr, SystemCall.fremovexattr, SystemCall.setxattrat, SystemCall.getxattrat, SystemCall.listxattrat, SystemCall.removexattrat,
    ];

    public static ImmutableArray<SystemCall> Executing { get; } = [SystemCall.execve, SystemCall.execveat];

    /// <summary>What is done on a descriptor that the caller hands over for it.</summary>
    public static ImmutableArray<SystemCall> Lending { get; } = [SystemCall.bind, SystemCall.connect, SystemCall.inotify_add_watch];

    /// <summary>What opens a file by no path of the tree, where the kernel would have to open it for the step.</summary>
    public static ImmutableArray<FilterRule> KernelOpening { get; } =
        [new(SystemCall.mq_open, FilterVerdict.Notify), new(SystemCall.ioctl, FilterVerdict.Notify, [ArgumentTest.Is(1, KernelOpens.TerminalPeer)])];

    /// <summary>A child that shares descriptors but no working directory: the directory that stands for that would be the wrong one for one of them.</summary>
    public static ImmutableArray<FilterRule> Sharing { get; } =
        [new(SystemCall.clone, FilterVerdict.Notify, [ArgumentTest.HasBits(0, SharedFiles | SharedDirectory | SameProcess, SharedFiles)])];

    /// <summary>Filters of the step's own, which may forbid what a shortcut does in the place of a call.</summary>
    public static ImmutableArray<FilterRule> Filters { get; } =
    [
        new(SystemCall.seccomp, FilterVerdict.Notify, [ArgumentTest.Is(0, StrictFilter)]), new(SystemCall.seccomp, FilterVerdict.Notify, [ArgumentTest.Is(0, ProgrammedFilter)]),
        new(SystemCall.prctl, FilterVerdict.Notify, [ArgumentTest.Is(0, SetFilter)]),
    ];

    /// <summary>What no step may do, beyond what Docker's profile refuses; with the error.</summary>
    public static ImmutableArray<(SystemCall Call, Errno Error)> Refused { get; } =
    [
        (SystemCall.ptrace, Errno.EPERM), (SystemCall.name_to_handle_at, Errno.EOPNOTSUPP), (SystemCall.fanotify_mark, Errno.EPERM), (SystemCall.statmount, Errno.ENOSYS), (SystemCall.listmount, Errno.ENOSYS),
        (SystemCall.open_tree_attr, Errno.ENOSYS), (SystemCall.file_getattr, Errno.ENOSYS), (SystemCall.file_setattr, Errno.ENOSYS), (SystemCall.uselib, Errno.ENOSYS), (SystemCall.remap_file_pages, Errno.ENOSYS), (SystemCall.lookup_dcookie, Errno.ENOSYS),
        // It would bind what the kernel does, and the supervisor opens the files.
        (SystemCall.landlock_create_ruleset, Errno.EOPNOTSUPP), (SystemCall.landlock_add_rule, Errno.EOPNOTSUPP), (SystemCall.landlock_restrict_self, Errno.EOPNOTSUPP),
        (SystemCall.sethostname, Errno.EPERM), (SystemCall.setdomainname, Errno.EPERM),
    ];

    /// <summary>What takes no path, names no other process, and goes to the kernel at its own speed.</summary>
    public static ImmutableArray<SystemCall> Allowed { get; } =
    [
        SystemCall.read, SystemCall.write, SystemCall.close, SystemCall.poll, SystemCall.lseek, SystemCall.mmap, SystemCall.mprotect, SystemCall.munmap, SystemCall.brk, SystemCall.rt_sigaction,
        SystemCall.rt_sigprocmask, SystemCall.rt_sigreturn, SystemCall.pread64, SystemCall.pwrite64, SystemCall.readv, SystemCall.writev, SystemCall.pipe, SystemCall.select, SystemCall.sched_yield,
        SystemCall.mremap, SystemCall.msync, SystemCall.mincore, SystemCall.madvise, SystemCall.shmget, SystemCall.shmat, SystemCall.shmctl, SystemCall.dup, SystemCall.dup2, SystemCall.pause,
        SystemCall.nanosleep, SystemCall.getitimer, SystemCall.alarm, SystemCall.setitimer, SystemCall.getpid, SystemCall.sendfile, SystemCall.accept, SystemCall.recvfrom,
        SystemCall.recvmsg, SystemCall.shutdown, SystemCall.listen, SystemCall.getsockname, SystemCall.getpeername, SystemCall.fork, SystemCall.vfork, SystemCall.exit, SystemCall.wait4,
        SystemCall.semget, SystemCall.semop, SystemCall.semctl, SystemCall.shmdt, SystemCall.msgget, SystemCall.msgsnd, SystemCall.msgrcv, SystemCall.msgctl, SystemCall.flock, SystemCall.fsync,
        SystemCall.fdatasync, SystemCall.ftruncate, SystemCall.getdents, SystemCall.gettimeofday, SystemCall.getrusage, SystemCall.sysinfo, SystemCall.times, SystemCall.setpgid, SystemCall.getppid,
        SystemCall.getpgrp, SystemCall.setsid, SystemCall.getpgid, SystemCall.getsid, SystemCall.rt_sigpending, SystemCall.rt_sigtimedwait, SystemCall.rt_sigsuspend, SystemCall.sigaltstack,
        SystemCall.personality, SystemCall.fstatfs, SystemCall.getpriority, SystemCall.sched_getparam, SystemCall.sched_getscheduler, SystemCall.sched_get_priority_max,
        SystemCall.sched_get_priority_min, SystemCall.sched_rr_get_interval, SystemCall.mlock, SystemCall.munlock, SystemCall.mlockall, SystemCall.munlockall, SystemCall.modify_ldt,
        SystemCall.arch_prctl, SystemCall.adjtimex, SystemCall.sync, SystemCall.gettid, SystemCall.readahead, SystemCall.time, SystemCall.futex, SystemCall.sched_getaffinity,
        SystemCall.set_thread_area, SystemCall.get_thread_area, SystemCall.io_setup, SystemCall.io_destroy, SystemCall.io_getevents, SystemCall.io_submit, SystemCall.io_cancel, SystemCall.io_pgetevents,
        SystemCall.epoll_create, SystemCall.getdents64, SystemCall.set_tid_address, SystemCall.restart_syscall, SystemCall.semtimedop, SystemCall.fadvise64,
        SystemCall.timer_create, SystemCall.timer_settime, SystemCall.timer_gettime, SystemCall.timer_getoverrun, SystemCall.timer_delete, SystemCall.clock_gettime, SystemCall.clock_getres,
        SystemCall.clock_nanosleep, SystemCall.exit_group, SystemCall.epoll_wait, SystemCall.epoll_ctl, SystemCall.mbind, SystemCall.set_mempolicy, SystemCall.get_mempolicy,
        SystemCall.mq_unlink, SystemCall.mq_timedsend, SystemCall.mq_timedreceive, SystemCall.mq_notify, SystemCall.mq_getsetattr, SystemCall.waitid, SystemCall.ioprio_get, SystemCall.inotify_init,
        SystemCall.inotify_rm_watch, SystemCall.pselect6, SystemCall.ppoll, SystemCall.set_robust_list, SystemCall.get_robust_list, SystemCall.splice, SystemCall.tee, SystemCall.sync_file_range,
        SystemCall.vmsplice, SystemCall.epoll_pwait, SystemCall.signalfd, SystemCall.timerfd_create, SystemCall.eventfd, SystemCall.fallocate, SystemCall.timerfd_settime, SystemCall.timerfd_gettime,
        SystemCall.accept4, SystemCall.signalfd4, SystemCall.eventfd2, SystemCall.epoll_create1, SystemCall.dup3, SystemCall.pipe2, SystemCall.inotify_init1, SystemCall.preadv, SystemCall.pwritev,
        SystemCall.recvmmsg, SystemCall.syncfs, SystemCall.getcpu, SystemCall.sched_getattr, SystemCall.seccomp, SystemCall.getrandom, SystemCall.memfd_create,
        SystemCall.membarrier, SystemCall.mlock2, SystemCall.copy_file_range, SystemCall.preadv2, SystemCall.pwritev2, SystemCall.pkey_mprotect, SystemCall.pkey_alloc, SystemCall.pkey_free,
        SystemCall.rseq, SystemCall.uretprobe, SystemCall.close_range, SystemCall.process_madvise, SystemCall.epoll_pwait2,
        SystemCall.memfd_secret, SystemCall.process_mrelease, SystemCall.futex_waitv, SystemCall.set_mempolicy_home_node,
        SystemCall.cachestat, SystemCall.map_shadow_stack, SystemCall.futex_wake, SystemCall.futex_wait, SystemCall.futex_requeue, SystemCall.mseal, SystemCall.lsm_get_self_attr,
        SystemCall.lsm_list_modules, SystemCall.clone, SystemCall.fcntl, SystemCall.ioctl, SystemCall.getsockopt, SystemCall.setsockopt, SystemCall.socket, SystemCall.socketpair, SystemCall.sendto,
        SystemCall.sendmsg, SystemCall.sendmmsg, SystemCall.getrlimit, SystemCall.setrlimit, SystemCall.prctl,
    ];

    /// <summary>All answered ones, whatever their arguments.</summary>
    public static IEnumerable<SystemCall> Answered => [.. Opening, .. Looking, .. Changing, .. Naming, .. Placing, .. Attributes, .. Executing, .. Lending, SystemCall.uname];

    /// <summary>The filter: of several rules for a call the first that fits counts, and a call without any is refused.</summary>
    public static SeccompProgram Assemble(RunNetwork network, bool shutsMetadata, bool hasShortcuts, SystemCallNumbers numbers) =>
        SeccompProgram.Assemble(Rules(network, shutsMetadata, hasShortcuts), numbers, FilterVerdict.Refuse(Errno.ENOSYS), FilterVerdict.Refuse(Errno.ENOSYS));

    /// <summary>Its rules, in their order.</summary>
    public static IReadOnlyList<FilterRule> Rules(RunNetwork network, bool shutsMetadata, bool hasShortcuts) =>
    [
        .. hasShortcuts ? Shortcuts : [],
        .. Answered.Select(call => new FilterRule(call, FilterVerdict.Notify)),
        .. Memories,
        .. KernelOpening,
        .. hasShortcuts ? [.. Filters, .. Mappings] : Array.Empty<FilterRule>(),
        .. CredentialCalls.Rules,
        .. RefusedCalls.Rules,
        .. hasShortcuts ? Sharing : [],
        .. Refused.Select(row => new FilterRule(row.Call, FilterVerdict.Refuse(row.Error))),
        .. Limits,
        .. Peers,
        .. Signals,
        .. SupervisedCalls.OfProcesses,
        .. Sockets(network),
        .. shutsMetadata ? FastOpens : [],
        .. Allowed.Select(call => new FilterRule(call, FilterVerdict.Allow)),
    ];

    /// <summary>The limit by which a process carries its state.</summary>
    public static ImmutableArray<FilterRule> Limits { get; } =
    [
        new(SystemCall.getrlimit, FilterVerdict.Notify, [ArgumentTest.Is(0, IdentityLimit)]),
        new(SystemCall.setrlimit, FilterVerdict.Notify, [ArgumentTest.Is(0, IdentityLimit)]),
        new(SystemCall.prlimit64, FilterVerdict.Notify, [ArgumentTest.Is(1, IdentityLimit)]),
    ];

    /// <summary>Who is at the other end of a socket: to the kernel everybody is the builder.</summary>
    public static ImmutableArray<FilterRule> Peers { get; } = [new(SystemCall.getsockopt, FilterVerdict.Notify, [ArgumentTest.Is(1, SocketLevel), ArgumentTest.Is(2, PeerCredentials)])];

    /// <summary>Where a process's arguments lie, which it may say of itself only while it is being started.</summary>
    public static ImmutableArray<FilterRule> Memories { get; } = [new(SystemCall.prctl, FilterVerdict.Notify, [ArgumentTest.Is(0, SetMemory)])];

    /// <summary>What can signal another of the step's users, for whom the kernel takes all of them.</summary>
    public static ImmutableArray<FilterRule> Signals { get; } = [new(SystemCall.kill, FilterVerdict.Notify), new(SystemCall.pidfd_send_signal, FilterVerdict.Notify)];

    private static IEnumerable<FilterRule> Sockets(RunNetwork network)
    {
        // A datagram can be sent to a path by calls that are not answered.
        foreach (SystemCall call in new[] { SystemCall.socket, SystemCall.socketpair })
        {
            foreach (uint type in new[] { Datagram, Raw })
                yield return new(call, FilterVerdict.Notify, [ArgumentTest.Is(0, FamilyUnix), ArgumentTest.HasBits(1, SocketTypeMask, type)]);
            yield return new(call, FilterVerdict.Refuse(Errno.EAFNOSUPPORT), [ArgumentTest.Is(0, FamilyMachine)]);
        }
        // Without audit in the kernel programs do without; refused by it, as it would be, some fail.
        yield return new(SystemCall.socket, FilterVerdict.Refuse(Errno.EPROTONOSUPPORT), [ArgumentTest.Is(0, FamilyNetlink), ArgumentTest.Is(2, Audit)]);
        if (network == RunNetwork.None)
            foreach (FilterRule rule in NetworkCalls.OfNoNetwork)
                yield return rule;
    }

    private static IEnumerable<FilterRule> FastOpens =>
    [
        new(SystemCall.sendto, FilterVerdict.Refuse(Errno.EOPNOTSUPP), [ArgumentTest.HasBits(3, FastOpen, FastOpen)]),
        new(SystemCall.sendmsg, FilterVerdict.Refuse(Errno.EOPNOTSUPP), [ArgumentTest.HasBits(2, FastOpen, FastOpen)]),
        new(SystemCall.sendmmsg, FilterVerdict.Refuse(Errno.EOPNOTSUPP), [ArgumentTest.HasBits(3, FastOpen, FastOpen)]),
    ];
}
