// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;

namespace Kiln.Sandbox.Doctor;

/// <summary>What the kernel says of itself and of this process, as far as isolation hangs on it.</summary>
public sealed record MachineFacts
{
    private const int CapabilityCount = 41;

    private static readonly string[] CapabilityNames =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
        "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
        "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
        "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    public required string Kernel { get; init; }

    public required uint Uid { get; init; }

    /// <summary>The id that <see cref="Uid"/> is outside this process's user namespace.</summary>
    public required uint OutsideUid { get; init; }

    /// <summary>Effective ones, by their names without `CAP_`.</summary>
    public required ImmutableArray<string> Capabilities { get; init; }

    /// <summary>Whether a seccomp filter is on this process.</summary>
    public required bool Filtered { get; init; }

    public required bool NoNewPrivileges { get; init; }

    /// <summary>The profile or label that a security module has this process under; empty where none says one.</summary>
    public required string SecurityLabel { get; init; }

    /// <summary>Settings of user namespaces that keep somebody from making one, as `NAME = VALUE`.</summary>
    public required ImmutableArray<string> UserNamespaceLimits { get; init; }

    /// <summary>Places below `/proc` that something is mounted on.</summary>
    public required ImmutableArray<string> CoveredProc { get; init; }

    /// <summary>The lines of `/etc/subuid` and `/etc/subgid` for this user.</summary>
    public required ImmutableArray<string> SubordinateIds { get; init; }

    public required string RootDirectory { get; init; }

    /// <summary>The type of the file system that holds the root directory.</summary>
    public required string RootFileSystem { get; init; }

    /// <summary>Whether all capabilities have their names in the set.</summary>
    public bool HasCapabilities(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (!Capabilities.Contains(name))
                return false;
        return true;
    }

    /// <summary>From the hexadecimal set of `/proc/self/status`.</summary>
    public static ImmutableArray<string> NameCapabilities(string hexadecimal)
    {
        ulong set = ulong.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(0, CapabilityCount).Where(capability => (set >> capability & 1) != 0).Select(capability => CapabilityNames[capability])];
    }
}
