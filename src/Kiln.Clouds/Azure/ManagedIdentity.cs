// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Clouds.Azure;

/// <summary>The identity that Azure gives to a machine, or to an app of App Service or Container Apps, by a service on its own link.</summary>
internal sealed class ManagedIdentity(Surroundings surroundings, CloudClient client)
{
    /// <summary>Null where there is none.</summary>
    public async Task<CloudToken?> FindAsync(AzureCloud cloud, CancellationToken cancellationToken)
    {
        string query = $"resource={Uri.EscapeDataString(cloud.Resource)}"
            + (surroundings.Find("AZURE_CLIENT_ID") is { } id ? $"&client_id={Uri.EscapeDataString(id)}" : "");
        return surroundings.Find("IDENTITY_ENDPOINT") is { } endpoint && surroundings.Find("IDENTITY_HEADER") is { } secret
            ? await OfAppAsync(endpoint, secret, query, cancellationToken)
            : await OfMachineAsync(query, cancellationToken);
    }

    private async Task<CloudToken?> OfAppAsync(string endpoint, string secret, string query, CancellationToken cancellationToken)
    {
        const string Service = "the app's identity service";
        if (!Uri.TryCreate($"{endpoint}?api-version=2019-08-01&{query}", UriKind.Absolute, out Uri? address))
            throw DiagnosticRules.CloudRefused.Error("`IDENTITY_ENDPOINT` is no address");
        CloudAnswer answer = await client.FindNearAsync(Service, () => Request(address, "X-IDENTITY-HEADER", secret), cancellationToken)
            ?? throw DiagnosticRules.CloudRefused.Error($"{Service} cannot be reached");
        return OAuthAnswer.Read(answer, client.Time.GetUtcNow(), "the app's managed identity");
    }

    private async Task<CloudToken?> OfMachineAsync(string query, CancellationToken cancellationToken)
    {
        string host = surroundings.Find("AZURE_POD_IDENTITY_AUTHORITY_HOST")?.TrimEnd('/') ?? "http://169.254.169.254";
        var address = new Uri($"{host}/metadata/identity/oauth2/token?api-version=2018-02-01&{query}");
        CloudAnswer? answer = await client.FindNearAsync("Azure's metadata service", () => Request(address, "Metadata", "true"), cancellationToken);
        // Another cloud's service has the same address; Azure's own refuses where the machine has no identity.
        return answer is { IsSuccess: true } ? OAuthAnswer.Read(answer, client.Time.GetUtcNow(), "the machine's managed identity") : null;
    }

    private static HttpRequestMessage Request(Uri address, string header, string value)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation(header, value);
        return request;
    }
}
