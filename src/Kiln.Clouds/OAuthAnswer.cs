// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kiln.Clouds;

/// <summary>What token services of clouds answer (RFC 6749, 5.1). A class, not a record: a record's text would show the tokens.</summary>
internal sealed class OAuthAnswer
{
    private const int DefaultLifetimeSeconds = 300;

    [JsonPropertyName("access_token")]
    public string? AccessToken { get; init; }

    /// <summary>A number, or digits in a string as Azure's metadata service writes them.</summary>
    [JsonPropertyName("expires_in")]
    public JsonElement ExpiresIn { get; init; }

    public static CloudToken Read(CloudAnswer answer, DateTimeOffset now, string place)
    {
        OAuthAnswer parsed = answer.Parse(CloudJson.Default.OAuthAnswer);
        return string.IsNullOrEmpty(parsed.AccessToken)
            ? throw answer.Malformed()
            : new CloudToken(parsed.AccessToken, now + parsed.Lifetime, place);
    }

    [JsonIgnore]
    private TimeSpan Lifetime => TimeSpan.FromSeconds(ExpiresIn switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out int seconds) => seconds,
        { ValueKind: JsonValueKind.String } text when int.TryParse(text.GetString(), out int seconds) => seconds,
        _ => DefaultLifetimeSeconds,
    });
}
