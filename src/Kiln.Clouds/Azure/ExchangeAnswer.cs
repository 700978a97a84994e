// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Clouds.Azure;

/// <summary>What a registry gives for a token of Entra ID. A class, not a record: a record's text would show it.</summary>
internal sealed class ExchangeAnswer
{
    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }
}
