// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Linux.Accounts;

/// <summary>
/// Docker's way to name a user: `name`, `uid`, `name:group`, `uid:gid`, `:group`; the empty text is root. Digits are always an id,
/// even where an account has that name.
/// </summary>
public sealed record UserSpec(string User, string? Group)
{
    public static UserSpec Parse(string text) =>
        text.IndexOf(':') is >= 0 and var colon
            ? new(text[..colon], text[(colon + 1)..] is { Length: > 0 } group ? group : null)
            : new(text, null);

    /// <summary>
    /// The ids that a process of that user has. A uid without an account has gid 0; supplementary groups are those that list the account,
    /// unless a group is named. False, with the words that Docker has for it, where a name is in no file.
    /// </summary>
    public bool TryResolve(AccountFiles accounts, out ResolvedUser user, out string error)
    {
        user = default;
        bool isId = AccountFiles.TryParseId(User is "" ? "0" : User, out uint uid);
        PasswdEntry? account = isId ? accounts.FindUser(uid) : accounts.FindUser(User);
        if (account is null && !isId)
        {
            error = $"unable to find user {User}: no matching entries in passwd file";
            return false;
        }
        uint gid = account?.Gid ?? 0;
        if (Group is not null && !TryResolveGroup(accounts, Group, out gid))
        {
            error = $"unable to find group {Group}: no matching entries in group file";
            return false;
        }
        error = "";
        user = new ResolvedUser(account?.Uid ?? uid, gid, Group is null && account is not null ? GroupsOf(accounts, account.Name) : []);
        return true;
    }

    /// <summary>The gid of a group that is named or numbered.</summary>
    public static bool TryResolveGroup(AccountFiles accounts, string group, out uint gid)
    {
        if (AccountFiles.TryParseId(group, out gid))
            return true;
        GroupEntry? entry = accounts.FindGroup(group);
        gid = entry?.Gid ?? 0;
        return entry is not null;
    }

    private static ImmutableArray<uint> GroupsOf(AccountFiles accounts, string name) =>
        [.. accounts.Groups.Where(group => group.Members.Contains(name)).Select(group => group.Gid)];
}
