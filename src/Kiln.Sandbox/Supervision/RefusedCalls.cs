// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux;
using Kiln.Linux.Seccomp;

namespace Kiln.Sandbox.Supervision;

/// <summary>
/// The calls that Docker's default profile refuses to a container without extra capabilities, of those that a step could otherwise make: a user namespace would permit some of them, and faults of the kernel are
/// mostly found behind them.
/// </summary>
internal static class RefusedCalls
{
    private static readonly uint[] Namespaces =
    [
        0x20000,    // CLONE_NEWNS
        0x2000000,  // CLONE_NEWCGROUP
        0x4000000,  // CLONE_NEWUTS
        0x8000000,  // CLONE_NEWIPC
        0x10000000, // CLONE_NEWUSER
        0x20000000, // CLONE_NEWPID
        0x40000000, // CLONE_NEWNET
    ];

    public static ImmutableArray<FilterRule> Rules { get; } =
    [
        .. Refuse(Errno.EPERM, SystemCall.unshare, SystemCall.setns, SystemCall.mount, SystemCall.umount2, SystemCall.pivot_root, SystemCall.fsopen, SystemCall.fsconfig, SystemCall.fsmount),
        .. Refuse(Errno.EPERM, SystemCall.fspick, SystemCall.open_tree, SystemCall.move_mount, SystemCall.mount_setattr, SystemCall.open_by_handle_at, SystemCall.fanotify_init),
        .. Refuse(Errno.EPERM, SystemCall.add_key, SystemCall.request_key, SystemCall.keyctl, SystemCall.bpf, SystemCall.userfaultfd, SystemCall.pidfd_getfd, SystemCall.perf_event_open),
        .. Refuse(Errno.EPERM, SystemCall.kexec_load, SystemCall.kexec_file_load, SystemCall.init_module, SystemCall.finit_module, SystemCall.delete_module, SystemCall.reboot),
        .. Refuse(Errno.EPERM, SystemCall.clock_settime, SystemCall.settimeofday, SystemCall.clock_adjtime, SystemCall.swapon, SystemCall.swapoff, SystemCall.acct, SystemCall.quotactl),
        .. Refuse(Errno.EPERM, SystemCall.quotactl_fd, SystemCall.iopl, SystemCall.ioperm, SystemCall.vhangup, SystemCall.syslog),
        // Programs do without where the kernel is older. The rings would open files and connections past this filter.
        .. Refuse(Errno.ENOSYS, SystemCall.io_uring_setup, SystemCall.io_uring_enter, SystemCall.io_uring_register),
        .. Namespaces.Select(flag => new FilterRule(SystemCall.clone, FilterVerdict.Refuse(Errno.EPERM), [ArgumentTest.HasBits(0, flag, flag)])),
        // Its flags lie in memory, where no filter sees them: the C libraries take clone then.
        .. Refuse(Errno.ENOSYS, SystemCall.clone3),
    ];

    private static IEnumerable<FilterRule> Refuse(Errno error, params SystemCall[] calls) => calls.Select(call => new FilterRule(call, FilterVerdict.Refuse(error)));
}
