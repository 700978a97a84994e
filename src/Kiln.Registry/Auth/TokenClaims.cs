// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Text.Json;

namespace Kiln.Registry.Auth;

/// <summary>What an access token says of itself, where it is a JSON Web Token as the specification has it: not verified, for people to look at.</summary>
internal static class TokenClaims
{
    /// <summary>`repository:NAME:pull,push` of each entry of `access`; null where the token does not show it.</summary>
    public static IReadOnlyList<string>? FindAccess(string token)
    {
        if (token.Split('.') is not [_, var payload, _] || !Base64Url.IsValid(payload))
            return null;
        try
        {
            using var document = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            if (!document.RootElement.TryGetProperty("access", out JsonElement access))
                return null;
            return [.. access.EnumerateArray().Select(entry =>
                $"{entry.GetProperty("type")}:{entry.GetProperty("name")}:{string.Join(',', entry.GetProperty("actions").EnumerateArray())}")];
        }
        // It is somebody else's, and may be anything.
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
