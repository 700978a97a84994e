// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Interop;

namespace Kiln.Linux.Credentials;

/// <summary>credentials(7) of the calling thread, which are those of the program that the thread then executes.</summary>
public static unsafe class Credential
{
    /// <summary>More than any kernel has; PR_CAPBSET_READ says which there are.</summary>
    private const int LastCapability = 63;

    public static uint EffectiveUid => Libc.GetEffectiveUid();

    public static uint EffectiveGid => Libc.GetEffectiveGid();

    /// <summary>The capabilities that the calling thread may use.</summary>
    public static IReadOnlyList<Capability> PermittedCapabilities()
    {
        var header = new Libc.CapabilityHeader { Version = Libc.LINUX_CAPABILITY_VERSION_3 };
        Libc.CapabilityData* data = stackalloc Libc.CapabilityData[2];
        if (Libc.CapSet(Libc.SYS_capget, &header, data) != 0)
            throw ErrnoException.Last("capget");
        ulong set = data[0].Permitted | ((ulong)data[1].Permitted << 32);
        return [.. Enumerable.Range(0, LastCapability + 1).Where(capability => (set >> capability & 1) != 0).Select(capability => (Capability)capability)];
    }

    /// <summary>Takes every capability but these out of the bounding set: nothing that is executed later, set-uid programs included, can have it.</summary>
    public static void LimitCapabilities(IReadOnlyCollection<Capability> kept)
    {
        for (int capability = 0; capability <= LastCapability; capability++)
        {
            if (kept.Contains((Capability)capability) || Libc.Prctl(Libc.PR_CAPBSET_READ, (nuint)capability, 0, 0, 0) != 1)
                continue;
            if (Libc.Prctl(Libc.PR_CAPBSET_DROP, (nuint)capability, 0, 0, 0) != 0)
                throw ErrnoException.Last("prctl", $"PR_CAPBSET_DROP {capability}");
        }
    }

    /// <summary>Becomes a user for good. Groups first: the right to set them goes with the uid.</summary>
    public static void Become(uint uid, uint gid)
    {
        if (Libc.SetIds(Libc.SYS_setresgid, gid, gid, gid) != 0)
            throw ErrnoException.Last("setresgid", $"{gid}");
        if (Libc.SetIds(Libc.SYS_setresuid, uid, uid, uid) != 0)
            throw ErrnoException.Last("setresuid", $"{uid}");
    }

    public static void SetSupplementaryGroups(ReadOnlySpan<uint> groups)
    {
        fixed (uint* start = groups)
        {
            if (Libc.SetGroups(Libc.SYS_setgroups, (nuint)groups.Length, start) != 0)
                throw ErrnoException.Last("setgroups");
        }
    }

    /// <summary>Gives the thread these capabilities and no others, and none to inherit.</summary>
    public static void SetCapabilities(IReadOnlyCollection<Capability> kept)
    {
        ulong set = 0;
        foreach (Capability capability in kept)
            set |= 1UL << (int)capability;
        var header = new Libc.CapabilityHeader { Version = Libc.LINUX_CAPABILITY_VERSION_3 };
        Libc.CapabilityData* data = stackalloc Libc.CapabilityData[2];
        data[0] = new Libc.CapabilityData { Effective = (uint)set, Permitted = (uint)set };
        data[1] = new Libc.CapabilityData { Effective = (uint)(set >> 32), Permitted = (uint)(set >> 32) };
        if (Libc.CapSet(Libc.SYS_capset, &header, data) != 0)
            throw ErrnoException.Last("capset");
    }

    /// <summary>
    /// Leaves the builder's session keyring for an empty one, session-keyring(7); false where the kernel or a filter refuses, and the old one stays.
    /// </summary>
    public static bool LeaveKeyring() => Libc.KeyCtl(Libc.SYS_keyctl, Libc.KEYCTL_JOIN_SESSION_KEYRING, 0) >= 0;
}
