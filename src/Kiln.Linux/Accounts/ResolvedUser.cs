// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Linux.Accounts;

/// <summary>The ids that a user specification means in an image.</summary>
public readonly record struct ResolvedUser(uint Uid, uint Gid, ImmutableArray<uint> SupplementaryGroups)
{
    /// <summary>HOME of a process with this uid.</summary>
    public string HomeIn(AccountFiles accounts) =>
        accounts.FindUser(Uid) is { Home.Length: > 0 } account ? account.Home : Uid == 0 ? "/root" : "/";
}
