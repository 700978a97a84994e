// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Credentials;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>The five sets of capabilities that a process has, capabilities(7), a bit for each. What is ambient is permitted and inheritable too, always.</summary>
internal readonly record struct CapabilitySets(ulong Permitted, ulong Effective, ulong Inheritable, ulong Bounding, ulong Ambient)
{
    /// <summary>CAP_CHECKPOINT_RESTORE, the last that there is since Linux 5.9.</summary>
    public const int Last = 40;

    /// <summary>All that there are.</summary>
    public const ulong All = (1UL << (Last + 1)) - 1;

    /// <summary>Those that come and go with the file system's user: CAP_FS_SET, linux/capability.h.</summary>
    private static readonly ulong OfFiles = Of(
    [
        Capability.ChangeOwner, Capability.OverrideFileAccess, Capability.ReadFiles, Capability.FileOwner, Capability.KeepSetIdBits,
        Capability.ChangeImmutableFiles, Capability.MakeNodes, Capability.OverrideFileLabels,
    ]);

    public static ulong Of(IEnumerable<Capability> capabilities) => capabilities.Aggregate(0UL, (set, capability) => set | Bit(capability));

    public static ulong Bit(Capability capability) => 1UL << (int)capability;

    public static bool Contains(ulong set, ulong subset) => (subset & ~set) == 0;

    /// <summary>Whether it is in effect.</summary>
    public bool Has(Capability capability) => (Effective & Bit(capability)) != 0;

    /// <summary>capset(2), by the five rules of capabilities(7), "Programmatically adjusting capability sets"; null where it is refused.</summary>
    public CapabilitySets? Set(ulong permitted, ulong effective, ulong inheritable)
    {
        if (!Has(Capability.SetCapabilities) && !Contains(Inheritable | Permitted, inheritable))
            return null;
        bool allowed = Contains(Inheritable | Bounding, inheritable) && Contains(Permitted, permitted) && Contains(permitted, effective);
        return allowed ? new(permitted, effective, inheritable, Bounding, Ambient & permitted & inheritable) : null;
    }

    /// <summary>
    /// After a change of user ids, "Effect of user ID changes on capabilities" in capabilities(7). Ambient ones are lost by leaving root even where the others are kept.
    /// </summary>
    /// <param name="hadRoot">Whether one of the real, effective and saved ids was root's.</param>
    /// <param name="wasRoot">Whether the effective one was.</param>
    /// <param name="hasRoot">Whether one of them is now.</param>
    /// <param name="isRoot">Whether the effective one is now.</param>
    /// <param name="keeps">Whether the process has asked to keep them.</param>
    public CapabilitySets AfterChange(bool hadRoot, bool wasRoot, bool hasRoot, bool isRoot, bool keeps)
    {
        bool leaves = hadRoot && !hasRoot;
        ulong permitted = leaves && !keeps ? 0 : Permitted;
        ulong effective = wasRoot && !isRoot ? 0 : !wasRoot && isRoot ? permitted : Effective;
        return this with { Permitted = permitted, Effective = effective & permitted, Ambient = leaves ? 0 : Ambient };
    }

    /// <summary>After setfsuid(2): only what concerns files comes and goes.</summary>
    public CapabilitySets AfterFileChange(bool wasRoot, bool isRoot) =>
        wasRoot == isRoot ? this : this with { Effective = isRoot ? Effective | (Permitted & OfFiles) : Effective & ~OfFiles };
}
