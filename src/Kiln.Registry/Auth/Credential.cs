// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>What proves to a registry who we are. It is a class with no text of its own, so that no message can hold the secret.</summary>
public sealed class Credential
{
    private Credential(string? username, string secret)
    {
        Username = username;
        Secret = secret;
    }

    /// <summary>Null where the secret is an identity token, which stands for the user too.</summary>
    public string? Username { get; }

    public bool IsIdentityToken => Username is null;

    internal string Secret { get; }

    public static Credential OfPassword(string username, string password) => new(username, password);

    /// <summary>A refresh token of OAuth2, exchanged for access tokens only.</summary>
    public static Credential OfIdentityToken(string token) => new(null, token);

    public override string ToString() => IsIdentityToken ? "an identity token" : $"user `{Username}`";
}
