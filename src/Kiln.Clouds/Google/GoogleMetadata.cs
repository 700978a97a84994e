// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Google;

/// <summary>The metadata server of a machine or pod of Google's, which gives tokens of the account that it runs as.</summary>
internal sealed class GoogleMetadata(Surroundings surroundings, CloudClient client)
{
    private const string Service = "Google's metadata server";
    private const string Flavor = "Google";

    /// <summary>Null where there is none, or it has no account.</summary>
    public async Task<CloudToken?> FindAsync(CancellationToken cancellationToken)
    {
        if (surroundings.IsTrue("NO_GCE_CHECK"))
            return null;
        // By its number: a name would have to be looked up, which takes long where nobody knows it.
        string host = surroundings.Find("GCE_METADATA_HOST") ?? "169.254.169.254";
        CloudAnswer? answer = await client.FindNearAsync(
            Service,
            () =>
            {
                var request = new HttpRequestMessage(
                    HttpMethod.Get, $"http://{host}/computeMetadata/v1/instance/service-accounts/default/token?scopes={Uri.EscapeDataString(GoogleKey.Scope)}");
                request.Headers.TryAddWithoutValidation("Metadata-Flavor", Flavor);
                return request;
            },
            cancellationToken);
        // Another cloud's service has the same address, and does not show the header.
        return answer is { IsSuccess: true, MetadataFlavor: Flavor } ? OAuthAnswer.Read(answer, client.Time.GetUtcNow(), Service) : null;
    }
}
