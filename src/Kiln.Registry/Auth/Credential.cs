// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>What proves to a registry who we are. It is a class with no text of its own, so that no message can hold the secret.</summary>
public sealed class Credential
{
    private Credential(CredentialKind kind, string? username, string secret)
    {
        Kind = kind;
        Username = username;
        Secret = secret;
    }

    public CredentialKind Kind { get; }

    /// <summary>Null where the secret is a token, which stands for the user too.</summary>
    public string? Username { get; }

    public bool IsIdentityToken => Kind == CredentialKind.IdentityToken;

    internal string Secret { get; }

    public static Credential OfPassword(string username, string password) => new(CredentialKind.Password, username, password);

    /// <inheritdoc cref="CredentialKind.IdentityToken"/>
    public static Credential OfIdentityToken(string token) => new(CredentialKind.IdentityToken, null, token);

    /// <inheritdoc cref="CredentialKind.RegistryToken"/>
    public static Credential OfRegistryToken(string token) => new(CredentialKind.RegistryToken, null, token);

    public override string ToString() => Kind switch
    {
        CredentialKind.Password => $"user `{Username}`",
        CredentialKind.IdentityToken => "an identity token",
        CredentialKind.RegistryToken => "a registry token",
        _ => throw new UnreachableException(),
    };
}
