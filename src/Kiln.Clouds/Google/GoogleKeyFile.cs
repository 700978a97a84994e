// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Kiln.Clouds.Google;

/// <summary>A file of Application Default Credentials, of any kind. Classes, not records: a record's text would show the keys.</summary>
internal sealed class GoogleKeyFile
{
    public string? Type { get; init; }

    [JsonPropertyName("client_email")]
    public string? ClientEmail { get; init; }

    [JsonPropertyName("private_key")]
    public string? PrivateKey { get; init; }

    [JsonPropertyName("private_key_id")]
    public string? PrivateKeyId { get; init; }

    [JsonPropertyName("token_uri")]
    public string? TokenUri { get; init; }

    [JsonPropertyName("client_id")]
    public string? ClientId { get; init; }

    [JsonPropertyName("client_secret")]
    public string? ClientSecret { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    public string? Audience { get; init; }

    [JsonPropertyName("subject_token_type")]
    public string? SubjectTokenType { get; init; }

    [JsonPropertyName("token_url")]
    public string? TokenUrl { get; init; }

    [JsonPropertyName("service_account_impersonation_url")]
    public string? ImpersonationUrl { get; init; }

    [JsonPropertyName("credential_source")]
    public SubjectSource? CredentialSource { get; init; }

    [JsonPropertyName("source_credentials")]
    public GoogleKeyFile? SourceCredentials { get; init; }

    /// <summary>Where the token of a foreign identity is read.</summary>
    internal sealed class SubjectSource
    {
        public string? File { get; init; }

        public string? Url { get; init; }

        public Dictionary<string, string>? Headers { get; init; }

        public SubjectFormat? Format { get; init; }
    }

    /// <summary>Whether the token is all of the text, or a member of a JSON object.</summary>
    internal sealed class SubjectFormat
    {
        public string? Type { get; init; }

        [JsonPropertyName("subject_token_field_name")]
        public string? FieldName { get; init; }
    }
}
