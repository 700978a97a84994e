// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>
/// Keys that sign requests to AWS, as containers, the metadata service and `credential_process` write them. A class, not a record: a record's text
/// would show the secret.
/// </summary>
internal sealed class AmazonSecrets
{
    public string? AccessKeyId { get; init; }

    public string? SecretAccessKey { get; init; }

    public string? Token { get; init; }

    /// <summary>What `credential_process` and STS call the token.</summary>
    public string? SessionToken { get; init; }

    public DateTimeOffset? Expiration { get; init; }
}
