// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Azure;

/// <summary>
/// Tokens of Entra ID, found as Azure's own libraries find them: a service principal of the environment by secret or certificate, the workload
/// identity of a pod, the managed identity of the machine.
/// </summary>
public sealed class AzureTokens(Surroundings surroundings, CloudClient client) : IDisposable
{
    private const string Service = "Entra ID";
    private const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private readonly ConcurrentDictionary<AzureCloud, Cached<CloudToken>> _tokens = new();

    internal string? Tenant => surroundings.Find("AZURE_TENANT_ID");

    /// <summary>Null where nothing here is known to Azure; that there is something which cannot be used is an error.</summary>
    public ValueTask<CloudToken?> FindAsync(AzureCloud cloud, CancellationToken cancellationToken) =>
        _tokens.GetOrAdd(cloud, _ => new Cached<CloudToken>(client.Time)).GetAsync(
            async () =>
            {
                CloudToken? found = await SearchAsync(cloud, cancellationToken);
                return (found, found?.End ?? DateTimeOffset.MaxValue);
            },
            cancellationToken);

    public void Dispose()
    {
        foreach (Cached<CloudToken> cached in _tokens.Values)
            cached.Dispose();
    }

    private async Task<CloudToken?> SearchAsync(AzureCloud cloud, CancellationToken cancellationToken)
    {
        if (Tenant is { } tenant && surroundings.Find("AZURE_CLIENT_ID") is { } id)
        {
            Uri address = TokenAddress(cloud, tenant);
            if (surroundings.Find("AZURE_CLIENT_SECRET") is { } secret)
                return await PostAsync(address, cloud, id, new() { ["client_secret"] = secret }, $"the service principal `{id}`", cancellationToken);
            if (surroundings.Find("AZURE_CLIENT_CERTIFICATE_PATH") is { } certificate)
            {
                string signed = ClientAssertion.Sign(certificate, surroundings.Find("AZURE_CLIENT_CERTIFICATE_PASSWORD"), id, address, client.Time.GetUtcNow());
                return await PostAsync(address, cloud, id, Assertion(signed), $"the service principal `{id}`", cancellationToken);
            }
            if (surroundings.Find("AZURE_FEDERATED_TOKEN_FILE") is { } file)
            {
                string token = Surroundings.ReadFile(file, "`AZURE_FEDERATED_TOKEN_FILE`").Trim();
                return await PostAsync(address, cloud, id, Assertion(token), $"the workload identity `{id}`", cancellationToken);
            }
        }
        return await new ManagedIdentity(surroundings, client).FindAsync(cloud, cancellationToken);
    }

    private static Dictionary<string, string> Assertion(string token) => new() { ["client_assertion_type"] = AssertionType, ["client_assertion"] = token };

    private Uri TokenAddress(AzureCloud cloud, string tenant)
    {
        string authority = surroundings.Find("AZURE_AUTHORITY_HOST") ?? cloud.Authority;
        if (!authority.Contains("://", StringComparison.Ordinal))
            authority = "https://" + authority;
        return Uri.TryCreate($"{authority.TrimEnd('/')}/{Uri.EscapeDataString(tenant)}/oauth2/v2.0/token", UriKind.Absolute, out Uri? address)
            && (address.Scheme == "https" || address.IsLoopback)
            ? address
            : throw DiagnosticRules.CloudRefused.Error("`AZURE_AUTHORITY_HOST` is no https address");
    }

    private async Task<CloudToken> PostAsync(
        Uri address, AzureCloud cloud, string clientId, Dictionary<string, string> proof, string place, CancellationToken cancellationToken)
    {
        var form = new Dictionary<string, string>(proof)
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = clientId,
            ["scope"] = cloud.Resource + ".default",
        };
        CloudAnswer answer = await client.SendAsync(
            Service, () => new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) }, cancellationToken);
        return OAuthAnswer.Read(answer, client.Time.GetUtcNow(), place);
    }
}
