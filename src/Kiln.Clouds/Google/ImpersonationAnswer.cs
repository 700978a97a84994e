// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Google;

/// <summary>A token of the account that another one stands in for. A class, not a record: a record's text would show it.</summary>
internal sealed class ImpersonationAnswer
{
    public string? AccessToken { get; init; }

    public DateTimeOffset? ExpireTime { get; init; }
}
