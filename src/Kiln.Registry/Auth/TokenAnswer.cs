// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Registry.Auth;

/// <summary>What a token service answers; older ones say `token`, OAuth2 says `access_token`.</summary>
internal sealed class TokenAnswer
{
    public string? Token { get; init; }

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    [JsonPropertyName("expires_in")]
    public int? ExpiresInSeconds { get; init; }
}
