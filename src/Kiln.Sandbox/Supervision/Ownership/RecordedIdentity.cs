// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>Who a process is said to be. To the kernel all processes of the step are the builder's user.</summary>
internal sealed record RecordedIdentity(RecordedIds Users, RecordedIds Groups, ImmutableArray<uint> SupplementaryGroups)
{
    public static RecordedIdentity Root { get; } = new(RecordedIds.All(0), RecordedIds.All(0), []);

    /// <summary>Whether it has asked for its capabilities to stay when it leaves root, PR_SET_KEEPCAPS(2const).</summary>
    public bool KeepsCapabilities { get; init; }

    /// <summary>Whether it has left root and kept them.</summary>
    private bool HasKept { get; init; }

    /// <summary>Whether those that it kept are in effect again, which leaving root ended.</summary>
    private bool HasRaised { get; init; }

    /// <summary>Root is who may change ids at will: the capabilities for that come and go with the effective user, capabilities(7).</summary>
    public bool MayChangeIds => Users.Effective == 0 || HasRaised;

    /// <summary>Root is who may give files away.</summary>
    public bool MayGiveAway => Users.File == 0 || HasRaised;

    /// <summary>With other user ids. "If one or more of the real, effective, or saved set user IDs was previously 0, and as a result of the UID changes all of these IDs have a nonzero value, then
    /// all capabilities are cleared" (capabilities(7)), unless they are kept.</summary>
    public RecordedIdentity WithUsers(RecordedIds users) =>
        this with { Users = users, HasKept = !users.HasRoot && (Users.HasRoot ? KeepsCapabilities : HasKept), HasRaised = !users.HasRoot && !Users.HasRoot && HasRaised };

    /// <summary>After capset(2): what was kept can be put in effect.</summary>
    public RecordedIdentity WithCapabilities(bool effective) => this with { HasRaised = HasKept && effective };

    /// <summary>After execve(2), of a set-id program perhaps.</summary>
    public RecordedIdentity Execute(uint? user, uint? group) =>
        this with { Users = Users.Execute(user), Groups = Groups.Execute(group), KeepsCapabilities = false, HasKept = false, HasRaised = false };

    public bool IsInGroup(uint group) => group == Groups.File || SupplementaryGroups.Contains(group);

    public bool Equals(RecordedIdentity? other) =>
        other is not null && KeepsCapabilities == other.KeepsCapabilities && HasKept == other.HasKept && HasRaised == other.HasRaised && Users == other.Users && Groups == other.Groups && SupplementaryGroups.AsSpan().SequenceEqual(other.SupplementaryGroups.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Users);
        hash.Add(Groups);
        hash.Add((KeepsCapabilities, HasKept, HasRaised));
        foreach (uint group in SupplementaryGroups)
            hash.Add(group);
        return hash.ToHashCode();
    }
}
