// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Registry.Auth;

/// <summary>What a credential helper writes. A class, not a record: a record's text would show the secret.</summary>
internal sealed class CredentialHelperAnswer
{
    [JsonPropertyName("Username")]
    public string? Username { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }
}
