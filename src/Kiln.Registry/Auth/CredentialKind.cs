// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>How a credential's secret is used.</summary>
public enum CredentialKind
{
    /// <summary>Of a user: sent to the registry, or to its token service for an access token.</summary>
    Password,

    /// <summary>A refresh token of OAuth2, exchanged for access tokens only.</summary>
    IdentityToken,

    /// <summary>An access token for the registry as it is.</summary>
    RegistryToken,
}
