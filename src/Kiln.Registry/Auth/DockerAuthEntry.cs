// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Serialization;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>One entry of `auths`. A class, not a record: a record's text would show the secrets.</summary>
internal sealed class DockerAuthEntry
{
    /// <summary>`user:password` in base64.</summary>
    public string? Auth { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    [JsonPropertyName("identitytoken")]
    public string? IdentityToken { get; init; }

    [JsonPropertyName("registrytoken")]
    public string? RegistryToken { get; init; }

    /// <summary>Null where the entry is empty, as Docker leaves it for hosts whose secret a helper keeps.</summary>
    public Credential? ToCredential(string place)
    {
        if (!string.IsNullOrEmpty(RegistryToken))
            return Credential.OfRegistryToken(RegistryToken);
        if (!string.IsNullOrEmpty(IdentityToken))
            return Credential.OfIdentityToken(IdentityToken);
        if (!string.IsNullOrEmpty(Auth))
            return Decode(Auth)
                ?? throw DiagnosticRules.CredentialsUnreadable.Error($"an `auth` in {place} is not `user:password` in base64");
        return string.IsNullOrEmpty(Username) ? null : Credential.OfPassword(Username, Password ?? "");
    }

    private static Credential? Decode(string auth)
    {
        byte[] bytes = new byte[auth.Length];
        if (!Convert.TryFromBase64String(auth, bytes, out int length))
            return null;
        // Docker once padded the text with NUL bytes.
        string text = Encoding.UTF8.GetString(bytes, 0, length).TrimEnd('\0');
        int colon = text.IndexOf(':');
        return colon < 0 ? null : Credential.OfPassword(text[..colon], text[(colon + 1)..]);
    }
}
