// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>A password for a registry that lives for hours. A class, not a record: a record's text would show it.</summary>
public sealed class RegistryPassword(string user, string password, DateTimeOffset end, string place)
{
    public string User { get; } = user;

    public string Password { get; } = password;

    public DateTimeOffset End { get; } = end;

    /// <summary>Whose rights it has, for people.</summary>
    public string Place { get; } = place;
}
