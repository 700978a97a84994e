// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Kiln.Linux.Interop;

internal static unsafe partial class Libc
{
    internal const long SYS_landlock_create_ruleset = 444;
    internal const long SYS_landlock_add_rule = 445;
    internal const long SYS_landlock_restrict_self = 446;

    internal const int PR_CAPBSET_READ = 23;
    internal const int PR_CAPBSET_DROP = 24;
    internal const uint LINUX_CAPABILITY_VERSION_3 = 0x20080522;
    internal const int KEYCTL_JOIN_SESSION_KEYRING = 1;
    internal static readonly long SYS_setgroups = OnArm64 ? 159 : 116;
    internal static readonly long SYS_setresuid = OnArm64 ? 147 : 117;
    internal static readonly long SYS_setresgid = OnArm64 ? 149 : 119;
    internal static readonly long SYS_capget = OnArm64 ? 90 : 125;
    internal static readonly long SYS_capset = OnArm64 ? 91 : 126;
    internal static readonly long SYS_keyctl = OnArm64 ? 219 : 250;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long LandlockCreateRuleset(long number, ulong* attributes, nuint size, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long LandlockAddRule(long number, SafeHandle rules, int type, PathBeneath* rule, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long LandlockRestrictSelf(long number, SafeHandle rules, uint flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint GetEffectiveUid();

    [LibraryImport("libc", EntryPoint = "getegid")]
    internal static partial uint GetEffectiveGid();

    // The raw calls change the calling thread alone; libc's wrappers would stop every thread of the process to change them all.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long SetGroups(long number, nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long SetIds(long number, uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long CapSet(long number, CapabilityHeader* header, CapabilityData* data);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static partial long KeyCtl(long number, long operation, nint argument);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    internal static partial int Prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    /// <summary>landlock_path_beneath_attr, landlock_add_rule(2).</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    internal struct PathBeneath
    {
        internal ulong Access;
        internal int Directory;
    }

    /// <summary>__user_cap_header_struct, capset(2).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CapabilityHeader
    {
        internal uint Version;
        internal int Pid;
    }

    /// <summary>__user_cap_data_struct, of which version 3 takes two, low words first.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CapabilityData
    {
        internal uint Effective;
        internal uint Permitted;
        internal uint Inheritable;
    }
}
