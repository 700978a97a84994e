// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Kiln.Linux.Accounts;

/// <summary>An image's `/etc/passwd` and `/etc/group`. Lines that are malformed are passed over: an id that cannot be read must not become 0.</summary>
public sealed record AccountFiles(ImmutableArray<PasswdEntry> Users, ImmutableArray<GroupEntry> Groups)
{
    public static AccountFiles Empty { get; } = new([], []);

    public static AccountFiles Parse(ReadOnlySpan<byte> passwd, ReadOnlySpan<byte> group)
    {
        var users = ImmutableArray.CreateBuilder<PasswdEntry>();
        foreach (string line in Lines(passwd))
            if (line.Split(':') is [var name, _, var uid, var gid, _, var home, ..] && TryParseId(uid, out uint u) && TryParseId(gid, out uint g))
                users.Add(new PasswdEntry(name, u, g, home));
        var groups = ImmutableArray.CreateBuilder<GroupEntry>();
        foreach (string line in Lines(group))
            if (line.Split(':') is [var name, _, var gid, .. var rest] && TryParseId(gid, out uint g))
                groups.Add(new GroupEntry(name, g, [.. rest.FirstOrDefault("").Split(',', StringSplitOptions.RemoveEmptyEntries)]));
        return new(users.ToImmutable(), groups.ToImmutable());
    }

    public PasswdEntry? FindUser(string name) => Users.FirstOrDefault(user => user.Name == name);

    public PasswdEntry? FindUser(uint uid) => Users.FirstOrDefault(user => user.Uid == uid);

    public GroupEntry? FindGroup(string name) => Groups.FirstOrDefault(group => group.Name == name);

    /// <summary>A decimal number that can be an id. The largest is none: chown(2) takes it for "unchanged".</summary>
    internal static bool TryParseId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != uint.MaxValue;

    private static string[] Lines(ReadOnlySpan<byte> text) =>
        Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
