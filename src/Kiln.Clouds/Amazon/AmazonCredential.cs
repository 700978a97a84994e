// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>Who we are to AWS. It has no text of its own but the key's id, which is no secret.</summary>
/// <param name="keyId">The access key's id.</param>
/// <param name="secretKey">What signs.</param>
/// <param name="sessionToken">Goes with keys that end; null for others.</param>
/// <param name="end">When they end.</param>
/// <param name="place">Where they came from, for people.</param>
public sealed class AmazonCredential(string keyId, string secretKey, string? sessionToken, DateTimeOffset end, string place)
{
    public string KeyId { get; } = keyId;

    public string Place { get; } = place;

    internal string SecretKey { get; } = secretKey;

    internal string? SessionToken { get; } = sessionToken;

    internal DateTimeOffset End { get; } = end;

    public override string ToString() => $"access key `{KeyId}`";

    /// <summary>Null where a part is missing.</summary>
    internal static AmazonCredential? Find(AmazonSecrets secrets, string place) =>
        secrets is { AccessKeyId: { Length: > 0 } id, SecretAccessKey: { Length: > 0 } key }
            ? new AmazonCredential(id, key, secrets.Token ?? secrets.SessionToken, secrets.Expiration ?? DateTimeOffset.MaxValue, place)
            : null;
}
