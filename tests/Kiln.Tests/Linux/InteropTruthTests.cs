// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Runtime.InteropServices;
using Kiln.Linux;
using Kiln.Linux.Credentials;
using Kiln.Linux.Interop;
using Kiln.Linux.Processes;
using Kiln.Linux.Seccomp;
using Kiln.Linux.Tracing;
using Kiln.Sandbox.Guest.Shortcuts;
using Kiln.Tests.ArchitectureRules;
using Xunit;

namespace Kiln.Tests.Linux;

/// <summary>Holds what we wrote down of the kernel's and libc's headers against the headers themselves.</summary>
public sealed class InteropTruthTests
{
    private const string Includes = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <sched.h>
        #include <signal.h>
        #include <unistd.h>
        #include <net/if.h>
        #include <netinet/in.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/ptrace.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/wait.h>
        #include <sys/uio.h>
        #include <sys/user.h>
        #include <linux/audit.h>
        #include <linux/capability.h>
        #include <linux/close_range.h>
        #include <linux/elf.h>
        #include <linux/keyctl.h>
        #include <linux/mount.h>
        #include <linux/openat2.h>
        #include <linux/seccomp.h>
        #ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
        #define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
        #endif
        struct sock_filter { unsigned short code; unsigned char jt, jf; unsigned int k; };
        struct sock_fprog { unsigned short len; struct sock_filter *filter; };
        struct descriptor_message { struct cmsghdr header; int descriptor; };
        #define LINUX_CAPABILITY_VERSION_3 _LINUX_CAPABILITY_VERSION_3
        """;

    /// <summary>sys/mount.h and linux/mount.h cannot be included together before glibc 2.37.</summary>
    private const string MountIncludes = "#include <sys/mount.h>";

    [Fact]
    public void Constants_are_the_headers_own() => Compile(Constants());

    [Fact]
    public void A_lazy_unmount_is_the_headers_own() => Compile([Equal("MNT_DETACH", Libc.MNT_DETACH)], MountIncludes);

    [Fact]
    public void Structures_have_the_headers_layout() => Compile(
    [
        .. Layout<Libc.PollFd>("struct pollfd", ("fd", "Fd"), ("events", "Events"), ("revents", "Returned")),
        .. Layout<Libc.SignalInfo>("siginfo_t", ("si_code", "Code"), ("si_pid", "ProcessId"), ("si_status", "Status")),
        .. Layout<Libc.SignalAction>("struct sigaction", ("sa_handler", "Handler")),
        .. Layout<Libc.ResourceLimit>("struct rlimit", ("rlim_cur", "Soft"), ("rlim_max", "Hard")),
        .. Layout<Libc.MountAttr>("struct mount_attr", ("attr_set", "Set"), ("attr_clr", "Clear"), ("propagation", "Propagation"), ("userns_fd", "UserNamespace")),
        .. Layout<Libc.InterfaceRequest>("struct ifreq", ("ifr_name", "Name"), ("ifr_flags", "Flags")),
        .. Layout<Libc.CapabilityHeader>("struct __user_cap_header_struct", ("version", "Version"), ("pid", "Pid")),
        .. Layout<Libc.CapabilityData>("struct __user_cap_data_struct", ("effective", "Effective"), ("permitted", "Permitted"), ("inheritable", "Inheritable")),
        .. Layout<Libc.OpenHow>("struct open_how", ("flags", "Flags"), ("mode", "Mode"), ("resolve", "Resolve")),
        .. Layout<Libc.Timespec>("struct timespec", ("tv_sec", "Seconds"), ("tv_nsec", "Nanoseconds")),
        .. Layout<Libc.StatxBuffer>("struct statx", ("stx_mode", "Mode"), ("stx_ino", "Inode"), ("stx_size", "Size"), ("stx_ctime", "ChangeTime"),
            ("stx_mtime", "ModifiedTime"), ("stx_rdev_major", "DeviceMajor"), ("stx_dev_major", "FileSystemMajor")),
        Equal("sizeof(sigset_t)", Libc.SignalSetSize),
        .. Layout<Libc.SeccompNotification>("struct seccomp_notif", ("id", "Id"), ("pid", "ThreadId"), ("data.nr", "Number"), ("data.arch", "Architecture"), ("data.args", "Arguments")),
        .. Layout<Libc.SeccompResponse>("struct seccomp_notif_resp", ("val", "Value"), ("error", "Error"), ("flags", "Flags")),
        .. Layout<Libc.SeccompDescriptor>("struct seccomp_notif_addfd", ("flags", "Flags"), ("srcfd", "Source"), ("newfd", "Target"), ("newfd_flags", "TargetFlags")),
        .. Layout<Libc.FilterProgram>("struct sock_fprog", ("filter", "Instructions")),
        .. Layout<Libc.MessageHeader>("struct msghdr", ("msg_iov", "Vectors"), ("msg_control", "Control"), ("msg_controllen", "ControlLength"), ("msg_flags", "Flags")),
        .. Layout<Libc.DescriptorMessage>("struct descriptor_message", ("header.cmsg_level", "Level"), ("descriptor", "Descriptor")),
        .. Layout<Libc.MemoryMap>("struct prctl_mm_map", ("start_brk", "StartHeap"), ("brk", "EndHeap"), ("arg_end", "EndArguments"), ("auxv", "AuxiliaryVector"),
            ("auxv_size", "AuxiliarySize"), ("exe_fd", "Executable")),
        .. RuntimeInformation.ProcessArchitecture != Architecture.X64 ? [] : Layout<Libc.UserRegisters>("struct user_regs_struct", ("r10", "R10"), ("rax", "Rax"), ("rdi", "Rdi"),
            ("orig_rax", "OriginalRax"), ("rip", "Rip"), ("rsp", "Rsp"), ("gs", "Gs")),
        .. Layout<Libc.IoVector>("struct iovec", ("iov_len", "Length")),
    ]);

    [Fact]
    public void System_calls_have_the_headers_numbers() => Compile(
    [
        Equal(RuntimeInformation.ProcessArchitecture == Architecture.X64 ? "AUDIT_ARCH_X86_64" : "AUDIT_ARCH_AARCH64", SystemCallNumbers.Own.AuditArchitecture),
        .. Enum.GetValues<SystemCall>().Where(call => SystemCallNumbers.Own.Find(call) is not null)
            .Select(call => $"#ifdef __NR_{call}\n{Equal($"__NR_{call}", SystemCallNumbers.Own.Find(call)!.Value)}\n#endif"), // headers may be older than the kernel
    ]);

    [Fact]
    public void Error_numbers_are_the_headers_own() =>
        Compile([.. Enum.GetValues<Errno>().Where(error => error != Errno.None).Select(error => Equal(error.ToString(), (long)error))]);

    [Fact]
    public void The_machine_code_of_a_child_is_what_its_comments_say()
    {
        const string load = "mov 0(%rbx), %rax; mov 8(%rbx), %rdi; mov 16(%rbx), %rsi; mov 24(%rbx), %rdx; mov 32(%rbx), %r10; mov 40(%rbx), %r8; syscall;";
        const string source = "push %rbx; mov %rdi, %rbx;" + load + "test %rax, %rax; je 1f; pop %rbx; ret; 1: add $56, %rbx;" + load
            + "cmp 48(%rbx), %rax; jge 1b; mov $127, %edi; mov $231, %eax; syscall; ud2\n";

        Assert.Equal(Assemble(source), ForkCode.X64.ToArray());
    }

    [Fact]
    public void The_machine_code_of_a_traced_thread_is_what_its_comments_say()
    {
        const string source = "1: mov 0(%rbx), %rax; mov 8(%rbx), %rdi; mov 16(%rbx), %rsi; mov 24(%rbx), %rdx; mov 32(%rbx), %r10; mov 40(%rbx), %r8; mov 48(%rbx), %r9;"
            + "syscall; add $56, %rbx; test %rax, %rax; js 2f; dec %ebp; jnz 1b; 2: int3; ud2; ud2; nop\n";

        Assert.Equal(Assemble(source), CallLoop.X64.ToArray());
        Assert.Equal(0xCC, CallLoop.X64[CallLoop.TrapOffset - 1]);
        Assert.Equal(0, CallLoop.X64.Length % sizeof(ulong));
    }

    [Fact]
    public void The_machine_code_of_shortcuts_is_what_its_comments_say()
    {
        string[] comments = [.. File.ReadLines(Path.Combine(Checkout.Root, "src/Kiln.Sandbox/Guest/Shortcuts/ShortcutCode.cs"))
            .Where(line => line.TrimStart().StartsWith("0x", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("// ", StringComparison.Ordinal) + 3)..])];

        byte[] code = Assemble(string.Join('\n', comments) + "\n");

        Assert.Equal(code, ShortcutCode.X64.ToArray());
        foreach (ulong address in (ulong[])[ShortcutCode.AfterOpen, ShortcutCode.AfterStatus])
            Assert.Equal([0x0f, 0x05], code[(int)(address - 2 - ShortcutCode.Address)..(int)(address - ShortcutCode.Address)]); // syscall
    }

    private static byte[] Assemble(string source)
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64 && File.Exists("/usr/bin/as"), "no assembler for x86-64");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("kiln-code-");
        Run("as", source, "-o", $"{directory}/code.o", "-");
        Run("objcopy", "", "-O", "binary", "-j", ".text", $"{directory}/code.o", $"{directory}/code");
        byte[] code = File.ReadAllBytes($"{directory}/code");
        directory.Delete(recursive: true);
        return code;
    }

    private static IEnumerable<string> Constants()
    {
        foreach (var field in typeof(Libc).GetFields(System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static))
            if (field.GetValue(null) is IConvertible value && field.FieldType.IsPrimitive && field.Name.Contains('_') && field.Name != nameof(Libc.MNT_DETACH))
                yield return Equal(field.Name, value.ToInt64(null));
        (Capability Ours, string Header)[] capabilities =
        [
            (Capability.ChangeOwner, "CAP_CHOWN"), (Capability.OverrideFileAccess, "CAP_DAC_OVERRIDE"), (Capability.FileOwner, "CAP_FOWNER"),
            (Capability.KeepSetIdBits, "CAP_FSETID"), (Capability.Kill, "CAP_KILL"), (Capability.SetGid, "CAP_SETGID"), (Capability.SetUid, "CAP_SETUID"),
            (Capability.SetCapabilities, "CAP_SETPCAP"), (Capability.BindLowPorts, "CAP_NET_BIND_SERVICE"), (Capability.RawSockets, "CAP_NET_RAW"),
            (Capability.ChangeRoot, "CAP_SYS_CHROOT"), (Capability.MakeNodes, "CAP_MKNOD"), (Capability.WriteAudit, "CAP_AUDIT_WRITE"),
            (Capability.SetFileCapabilities, "CAP_SETFCAP"), (Capability.ReadFiles, "CAP_DAC_READ_SEARCH"), (Capability.ChangeImmutableFiles, "CAP_LINUX_IMMUTABLE"),
            (Capability.TraceProcesses, "CAP_SYS_PTRACE"), (Capability.Administer, "CAP_SYS_ADMIN"), (Capability.OverrideFileLabels, "CAP_MAC_OVERRIDE"),
        ];
        foreach ((Capability ours, string header) in capabilities)
            yield return Equal(header, (long)ours);
    }

    private static IEnumerable<string> Layout<T>(string type, params (string Header, string Ours)[] fields)
        where T : unmanaged
    {
        yield return Equal($"sizeof({type})", System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        foreach ((string header, string ours) in fields)
            yield return Equal($"offsetof({type}, {header})", (long)Marshal.OffsetOf<T>(ours));
    }

    private static string Equal(string expression, long value) => $"_Static_assert((unsigned int)({expression}) == {(uint)value}u, \"{expression}\");";

    private static void Compile(IEnumerable<string> assertions, string includes = Includes)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/cc"), "no C compiler");
        string[] lines = [.. assertions];
        Assert.NotEmpty(lines);
        Run("cc", $"{includes}\n{string.Join('\n', lines)}\n", "-w", "-x", "c", "-fsyntax-only", "-");
    }

    private static void Run(string program, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors);
    }
}
