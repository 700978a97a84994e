// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Sandbox.Supervision.Ownership;

/// <summary>Who a process is said to be. To the kernel all processes of the step are the builder's user.</summary>
internal sealed record RecordedIdentity(RecordedIds Users, RecordedIds Groups, ImmutableArray<uint> SupplementaryGroups)
{
    public static RecordedIdentity Root { get; } = new(RecordedIds.All(0), RecordedIds.All(0), []);

    /// <summary>Root is who may change ids at will: the capabilities for that come and go with the effective user, capabilities(7).</summary>
    public bool MayChangeIds => Users.Effective == 0;

    /// <summary>Root is who may give files away.</summary>
    public bool MayGiveAway => Users.File == 0;

    public bool IsInGroup(uint group) => group == Groups.File || SupplementaryGroups.Contains(group);

    public bool Equals(RecordedIdentity? other) =>
        other is not null && Users == other.Users && Groups == other.Groups && SupplementaryGroups.AsSpan().SequenceEqual(other.SupplementaryGroups.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Users);
        hash.Add(Groups);
        foreach (uint group in SupplementaryGroups)
            hash.Add(group);
        return hash.ToHashCode();
    }
}
