// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Kiln.Clouds.Azure;

/// <summary>Refresh tokens of Azure's registries: a token of Entra ID is exchanged for one at the registry itself, and nowhere else.</summary>
public sealed class AzureRegistryTokens(AzureTokens tokens, CloudClient client) : IDisposable
{
    // What the registries give lives for three hours; they do not say so but within the token.
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(3);

    private readonly ConcurrentDictionary<string, Cached<CloudToken>> _exchanged = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null where the host is no registry of Azure's, or nothing here is known to Azure.</summary>
    public async ValueTask<CloudToken?> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (AzureCloud.OfRegistry(host) is not { } cloud)
            return null;
        return await _exchanged.GetOrAdd(host, _ => new Cached<CloudToken>(client.Time)).GetAsync(
            async () =>
            {
                CloudToken? token = await tokens.FindAsync(cloud, cancellationToken);
                CloudToken? exchanged = token is null ? null : await ExchangeAsync(host, token, cancellationToken);
                return (exchanged, exchanged?.End ?? DateTimeOffset.MaxValue);
            },
            cancellationToken);
    }

    public void Dispose()
    {
        foreach (Cached<CloudToken> cached in _exchanged.Values)
            cached.Dispose();
    }

    private async Task<CloudToken> ExchangeAsync(string host, CloudToken token, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "access_token", ["service"] = host, ["access_token"] = token.Text };
        if (tokens.Tenant is { } tenant)
            form["tenant"] = tenant;
        CloudAnswer answer = await client.SendAsync(
            $"`{host}`",
            () => new HttpRequestMessage(HttpMethod.Post, $"https://{host}/oauth2/exchange") { Content = new FormUrlEncodedContent(form) },
            cancellationToken);
        return answer.Parse(CloudJson.Default.ExchangeAnswer).RefreshToken is { Length: > 0 } refresh
            ? new CloudToken(refresh, client.Time.GetUtcNow() + Lifetime, token.Place)
            : throw answer.Malformed();
    }
}
