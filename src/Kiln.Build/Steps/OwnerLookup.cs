// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Accounts;

namespace Kiln.Build.Steps;

/// <summary>
/// Who `--chown` and the owner of a new `WORKDIR` are, by BuildKit's rules: `N` is N:N, names are those of the stage's own files, and a
/// name that is not in them is quietly root; only a stage without any file cannot be asked.
/// </summary>
internal sealed class OwnerLookup(LayerDepot depot)
{
    internal async Task<(uint Uid, uint Gid)> FindAsync(string text, bool mayAsk, StepContext context, SourceSpan span, CancellationToken cancellationToken)
    {
        (string user, string? group) = text.Split(':', 2) is [var first, var second] ? (first, second) : (text, null);
        if (Number(user) is { } uid && (group is null || Number(group) is not null))
            return (uid, group is null ? (user is "" or "root" ? 0 : uid) : Number(group)!.Value);
        if (!mayAsk || context.View.IsEmpty)
            throw DiagnosticRules.OwnerUnknown.Error(
                $"invalid user index -1: `{text}` has a name, and there are no files to look it up in", span, "use numbers, as `--chown=1000:1000`");
        byte[]? passwd = await depot.ReadFileAsync(context.Stack, context.View, UnixPath.Clean("etc/passwd"), cancellationToken);
        byte[]? groups = await depot.ReadFileAsync(context.Stack, context.View, UnixPath.Clean("etc/group"), cancellationToken);
        AccountFiles accounts = AccountFiles.Parse(passwd, groups);
        PasswdEntry? account = Number(user) is null ? accounts.FindUser(user) : null;
        uint owner = Number(user) ?? account?.Uid ?? 0;
        uint ownerGroup = group is null ? account?.Gid ?? owner : Number(group) ?? accounts.FindGroup(group)?.Gid ?? 0;
        return (owner, ownerGroup);
    }

    /// <summary>A user as `USER` has it, a number, with the group of that number where no account has it: kaniko's rule for a `RUN`.</summary>
    internal async Task<string> NameGroupAsync(string user, StepContext context, CancellationToken cancellationToken)
    {
        byte[]? passwd = await depot.ReadFileAsync(context.Stack, context.View, UnixPath.Clean("etc/passwd"), cancellationToken);
        return AccountFiles.Parse(passwd, null).FindUser(Number(user)!.Value) is null ? $"{user}:{user}" : user;
    }

    private static uint? Number(string text) =>
        text is "" or "root" ? 0 : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) ? id : null;
}
