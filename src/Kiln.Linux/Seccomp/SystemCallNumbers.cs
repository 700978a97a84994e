// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace Kiln.Linux.Seccomp;

/// <summary>The numbers of system calls on one architecture.</summary>
public sealed class SystemCallNumbers
{
    private const uint AuditArchX64 = 0xC000003E;   // AUDIT_ARCH_X86_64, linux/audit.h
    private const uint AuditArchArm64 = 0xC00000B7; // AUDIT_ARCH_AARCH64

    private readonly FrozenDictionary<SystemCall, int> _numbers;
    private readonly FrozenDictionary<int, SystemCall> _calls;

    private SystemCallNumbers(uint auditArchitecture, IReadOnlyDictionary<SystemCall, int> numbers)
    {
        AuditArchitecture = auditArchitecture;
        _numbers = numbers.ToFrozenDictionary();
        _calls = numbers.ToFrozenDictionary(pair => pair.Value, pair => pair.Key);
    }

    public static SystemCallNumbers X64 { get; } = new(AuditArchX64, Enum.GetValues<SystemCall>().ToDictionary(call => call, call => (int)call));

    /// <summary>The generic table: calls that have an `at` form have that alone.</summary>
    public static SystemCallNumbers Arm64 { get; } = new(AuditArchArm64, new Dictionary<SystemCall, int>
    {
        [SystemCall.setxattr] = 5, [SystemCall.lsetxattr] = 6, [SystemCall.removexattr] = 14, [SystemCall.lremovexattr] = 15, [SystemCall.mkdirat] = 34, [SystemCall.unlinkat] = 35,
        [SystemCall.symlinkat] = 36, [SystemCall.renameat] = 38, [SystemCall.truncate] = 45, [SystemCall.renameat2] = 276,
        [SystemCall.getxattr] = 8, [SystemCall.lgetxattr] = 9, [SystemCall.listxattr] = 11, [SystemCall.llistxattr] = 12, [SystemCall.dup] = 23,
        [SystemCall.fcntl] = 25, [SystemCall.ioctl] = 29, [SystemCall.ioprio_set] = 30, [SystemCall.mknodat] = 33, [SystemCall.linkat] = 37,
        [SystemCall.faccessat] = 48, [SystemCall.chdir] = 49, [SystemCall.fchmodat] = 53, [SystemCall.fchownat] = 54, [SystemCall.fchown] = 55,
        [SystemCall.openat] = 56, [SystemCall.readlinkat] = 78, [SystemCall.newfstatat] = 79, [SystemCall.fstat] = 80, [SystemCall.utimensat] = 88, [SystemCall.ptrace] = 117,
        [SystemCall.sched_setparam] = 118, [SystemCall.sched_setscheduler] = 119, [SystemCall.sched_setaffinity] = 122, [SystemCall.kill] = 129,
        [SystemCall.tkill] = 130, [SystemCall.tgkill] = 131, [SystemCall.rt_sigqueueinfo] = 138, [SystemCall.setpriority] = 140,
        [SystemCall.uname] = 160, [SystemCall.socket] = 198, [SystemCall.connect] = 203, [SystemCall.sendto] = 206, [SystemCall.sendmsg] = 211, [SystemCall.sendmmsg] = 269,
        [SystemCall.socketpair] = 199, [SystemCall.setsockopt] = 208, [SystemCall.getsockopt] = 209, [SystemCall.execve] = 221, [SystemCall.migrate_pages] = 238, [SystemCall.move_pages] = 239,
        [SystemCall.rt_tgsigqueueinfo] = 240, [SystemCall.perf_event_open] = 241, [SystemCall.prlimit64] = 261, [SystemCall.process_vm_readv] = 270,
        [SystemCall.process_vm_writev] = 271, [SystemCall.kcmp] = 272, [SystemCall.sched_setattr] = 274,
        [SystemCall.statx] = 291, [SystemCall.io_uring_setup] = 425, [SystemCall.pidfd_open] = 434, [SystemCall.openat2] = 437,
        [SystemCall.flistxattr] = 13, [SystemCall.capget] = 90, [SystemCall.capset] = 91, [SystemCall.getrlimit] = 163, [SystemCall.setrlimit] = 164, [SystemCall.prctl] = 167,
        [SystemCall.setregid] = 143, [SystemCall.setgid] = 144, [SystemCall.setreuid] = 145, [SystemCall.setuid] = 146, [SystemCall.setresuid] = 147,
        [SystemCall.getresuid] = 148, [SystemCall.setresgid] = 149, [SystemCall.getresgid] = 150, [SystemCall.setfsuid] = 151, [SystemCall.setfsgid] = 152,
        [SystemCall.getgroups] = 158, [SystemCall.setgroups] = 159, [SystemCall.getuid] = 174, [SystemCall.geteuid] = 175, [SystemCall.getgid] = 176,
        [SystemCall.getegid] = 177, [SystemCall.execveat] = 281,
        [SystemCall.faccessat2] = 439, [SystemCall.fchmodat2] = 452,
        [SystemCall.clone] = 220, [SystemCall.unshare] = 97, [SystemCall.setns] = 268, [SystemCall.mount] = 40, [SystemCall.umount2] = 39,
        [SystemCall.pivot_root] = 41, [SystemCall.fsopen] = 430, [SystemCall.fsconfig] = 431, [SystemCall.fsmount] = 432, [SystemCall.fspick] = 433,
        [SystemCall.open_tree] = 428, [SystemCall.move_mount] = 429, [SystemCall.mount_setattr] = 442, [SystemCall.open_by_handle_at] = 265,
        [SystemCall.add_key] = 217, [SystemCall.request_key] = 218, [SystemCall.keyctl] = 219, [SystemCall.bpf] = 280, [SystemCall.userfaultfd] = 282,
        [SystemCall.io_uring_enter] = 426, [SystemCall.io_uring_register] = 427, [SystemCall.pidfd_getfd] = 438, [SystemCall.clone3] = 435,
        [SystemCall.kexec_load] = 104, [SystemCall.kexec_file_load] = 294, [SystemCall.init_module] = 105, [SystemCall.finit_module] = 273,
        [SystemCall.delete_module] = 106, [SystemCall.clock_settime] = 112, [SystemCall.settimeofday] = 170, [SystemCall.clock_adjtime] = 266,
        [SystemCall.swapon] = 224, [SystemCall.swapoff] = 225, [SystemCall.reboot] = 142, [SystemCall.acct] = 89, [SystemCall.quotactl] = 60,
        [SystemCall.quotactl_fd] = 443, [SystemCall.fanotify_init] = 262, [SystemCall.vhangup] = 58, [SystemCall.syslog] = 116,
    });

    /// <summary>Those of this machine.</summary>
    public static SystemCallNumbers Own => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        var other => throw new PlatformNotSupportedException($"no system call numbers for {other}"),
    };

    /// <summary>What seccomp_data holds as `arch`.</summary>
    public uint AuditArchitecture { get; }

    /// <summary>Null where the architecture does not have the call.</summary>
    public int? Find(SystemCall call) => _numbers.TryGetValue(call, out int number) ? number : null;

    internal SystemCall? FindCall(int number) => _calls.TryGetValue(number, out SystemCall call) ? call : null;
}
