// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Linux.Credentials;
using Kiln.Sandbox.Stage;
using Kiln.Sandbox.Supervision.Ownership;

namespace Kiln.Sandbox.Guest.Identity;

/// <summary>
/// Who a process of a supervised step believes itself to be, credentials(7) and capabilities(7): a value, from which every change makes another. A change that the kernel would refuse with EPERM gives
/// null. To the kernel the process is the builder's user, without any capability.
/// </summary>
/// <param name="Users">Its user ids.</param>
/// <param name="Groups">Its group ids.</param>
/// <param name="SupplementaryGroups">Sorted, as the kernel keeps them; twice what was given twice.</param>
/// <param name="Capabilities">What it may do of root's doings.</param>
internal sealed partial record GuestCredentials(RecordedIds Users, RecordedIds Groups, ImmutableArray<uint> SupplementaryGroups, CapabilitySets Capabilities)
{
    /// <summary>What Docker lets a container's processes have.</summary>
    private static readonly ulong Default = CapabilitySets.Of(StageUser.Kept);

    /// <summary>Root without other groups, as a step starts.</summary>
    public static GuestCredentials Root { get; } = For(0, 0, []);

    public SecureBits SecureBits { get; init; }

    /// <summary>Whether it has given up gaining privilege by execve, PR_SET_NO_NEW_PRIVS(2const). The kernel's own mark is on it from the start.</summary>
    public bool HasNoNewPrivileges { get; init; }

    /// <summary>Whether others of its user may look into it, PR_SET_DUMPABLE(2const). To the kernel it always is, or the supervisor could not.</summary>
    public bool IsDumpable { get; init; } = true;

    /// <summary>Whether its capabilities stay when it leaves root, PR_SET_KEEPCAPS(2const).</summary>
    public bool KeepsCapabilities => SecureBits.HasFlag(SecureBits.KeepCapabilities);

    /// <summary>As Docker starts the process of a `USER`: root has the default capabilities, others may get them from programs alone.</summary>
    public static GuestCredentials For(uint uid, uint gid, ReadOnlySpan<uint> groups)
    {
        ulong own = uid == 0 ? Default : 0;
        return new(RecordedIds.All(uid), RecordedIds.All(gid), Sort(groups), new CapabilitySets(own, own, 0, Default, 0));
    }

    /// <summary>setuid(2).</summary>
    public GuestCredentials? SetUser(uint id) => WithUsers(Users.Set(id, Capabilities.Has(Capability.SetUid)));

    /// <summary>setreuid(2); what is all ones stays.</summary>
    public GuestCredentials? SetUsers(uint real, uint effective) => WithUsers(Users.SetTwo(real, effective, Capabilities.Has(Capability.SetUid)));

    /// <summary>setresuid(2); what is all ones stays.</summary>
    public GuestCredentials? SetUsers(uint real, uint effective, uint saved) => WithUsers(Users.SetThree(real, effective, saved, Capabilities.Has(Capability.SetUid)));

    /// <summary>setfsuid(2), which says nothing where it is refused.</summary>
    public GuestCredentials SetFileUser(uint id)
    {
        RecordedIds users = Users.SetFile(id, Capabilities.Has(Capability.SetUid));
        CapabilitySets capabilities = SecureBits.HasFlag(SecureBits.NoSetUidFixup) ? Capabilities : Capabilities.AfterFileChange(Users.File == 0, users.File == 0);
        return Committed(this with { Users = users, Capabilities = capabilities });
    }

    /// <summary>setgid(2).</summary>
    public GuestCredentials? SetGroup(uint id) => WithGroups(Groups.Set(id, Capabilities.Has(Capability.SetGid)));

    /// <summary>setregid(2); what is all ones stays.</summary>
    public GuestCredentials? SetGroups(uint real, uint effective) => WithGroups(Groups.SetTwo(real, effective, Capabilities.Has(Capability.SetGid)));

    /// <summary>setresgid(2); what is all ones stays.</summary>
    public GuestCredentials? SetGroups(uint real, uint effective, uint saved) => WithGroups(Groups.SetThree(real, effective, saved, Capabilities.Has(Capability.SetGid)));

    /// <summary>setfsgid(2), which says nothing where it is refused.</summary>
    public GuestCredentials SetFileGroup(uint id) => Committed(this with { Groups = Groups.SetFile(id, Capabilities.Has(Capability.SetGid)) });

    /// <summary>setgroups(2).</summary>
    public GuestCredentials? SetSupplementaryGroups(ReadOnlySpan<uint> groups) => MaySetGroups ? this with { SupplementaryGroups = Sort(groups) } : null;

    public bool MaySetGroups => Capabilities.Has(Capability.SetGid);

    /// <summary>capset(2).</summary>
    public GuestCredentials? SetCapabilities(ulong permitted, ulong effective, ulong inheritable) =>
        Capabilities.Set(permitted & CapabilitySets.All, effective & CapabilitySets.All, inheritable & CapabilitySets.All) is { } sets ? this with { Capabilities = sets } : null;

    /// <summary>PR_CAPBSET_DROP(2const), of a capability that there is.</summary>
    public GuestCredentials? DropFromBounding(int capability) =>
        MayDropFromBounding ? this with { Capabilities = Capabilities with { Bounding = Capabilities.Bounding & ~(1UL << capability) } } : null;

    public bool MayDropFromBounding => Capabilities.Has(Capability.SetCapabilities);

    /// <summary>PR_CAP_AMBIENT(2const), PR_CAP_AMBIENT_RAISE.</summary>
    public GuestCredentials? RaiseAmbient(int capability)
    {
        ulong bit = 1UL << capability;
        bool allowed = CapabilitySets.Contains(Capabilities.Permitted & Capabilities.Inheritable, bit) && !SecureBits.HasFlag(SecureBits.NoAmbientRaise);
        return allowed ? this with { Capabilities = Capabilities with { Ambient = Capabilities.Ambient | bit } } : null;
    }

    /// <summary>PR_CAP_AMBIENT_LOWER and, of all, PR_CAP_AMBIENT_CLEAR_ALL.</summary>
    public GuestCredentials LowerAmbient(ulong capabilities) => this with { Capabilities = Capabilities with { Ambient = Capabilities.Ambient & ~capabilities } };

    /// <summary>PR_SET_KEEPCAPS(2const).</summary>
    public GuestCredentials? KeepCapabilities(bool keeps) =>
        SecureBits.HasFlag(SecureBits.KeepCapabilitiesLocked) ? null
        : this with { SecureBits = keeps ? SecureBits | SecureBits.KeepCapabilities : SecureBits & ~SecureBits.KeepCapabilities };

    /// <summary>PR_SET_SECUREBITS(2const): what is locked stays, and so do the locks.</summary>
    public GuestCredentials? SetSecureBits(ulong bits)
    {
        ulong now = (ulong)SecureBits, locks = now & (ulong)SecureBits.Locks, changed = now ^ bits;
        if (((locks >> 1) & changed) != 0 || (locks & ~bits) != 0 || (bits & ~(ulong)SecureBits.All) != 0)
            return null;
        bool allowed = Capabilities.Has(Capability.SetCapabilities) || (changed != 0 && (changed & ~(ulong)SecureBits.Unprivileged) == 0);
        return allowed ? this with { SecureBits = (SecureBits)bits } : null;
    }

    public bool Equals(GuestCredentials? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Users == other.Users && Groups == other.Groups && Capabilities == other.Capabilities && SecureBits == other.SecureBits
            && HasNoNewPrivileges == other.HasNoNewPrivileges && IsDumpable == other.IsDumpable && SupplementaryGroups.AsSpan().SequenceEqual(other.SupplementaryGroups.AsSpan()));

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Users);
        hash.Add(Groups);
        hash.Add(Capabilities);
        hash.Add((SecureBits, HasNoNewPrivileges, IsDumpable));
        foreach (uint group in SupplementaryGroups)
            hash.Add(group);
        return hash.ToHashCode();
    }

    private GuestCredentials? WithUsers(RecordedIds? users)
    {
        if (users is not { } now)
            return null;
        CapabilitySets capabilities = SecureBits.HasFlag(SecureBits.NoSetUidFixup) ? Capabilities
            : Capabilities.AfterChange(Users.HasRoot, Users.Effective == 0, now.HasRoot, now.Effective == 0, KeepsCapabilities);
        return Committed(this with { Users = now, Capabilities = capabilities });
    }

    private GuestCredentials? WithGroups(RecordedIds? groups) => groups is { } now ? Committed(this with { Groups = now }) : null;

    /// <summary>Who becomes somebody else, or able to do more, is not to be looked into by its former self: "The process's effective user or group ID is changed", PR_SET_DUMPABLE(2const).</summary>
    private GuestCredentials Committed(GuestCredentials after) =>
        Users.Effective != after.Users.Effective || Users.File != after.Users.File || Groups.Effective != after.Groups.Effective || Groups.File != after.Groups.File
        || !CapabilitySets.Contains(Capabilities.Permitted, after.Capabilities.Permitted)
            ? after with { IsDumpable = false }
            : after;

    private static ImmutableArray<uint> Sort(ReadOnlySpan<uint> groups)
    {
        uint[] sorted = groups.ToArray();
        Array.Sort(sorted);
        return System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(sorted);
    }
}
