// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text;

namespace Kiln.Clouds.Amazon;

/// <summary>Passwords for Amazon's registries: GetAuthorizationToken, asked by a signed request, kept for as long as they live.</summary>
public sealed class ElasticRegistryPasswords(AmazonCredentials credentials, Surroundings surroundings, CloudClient client) : IDisposable
{
    private const string PrivateOperation = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
    private const string PublicOperation = "SpencerFrontendService.GetAuthorizationToken";

    private readonly AmazonEndpoints _endpoints = new(surroundings);
    private readonly ConcurrentDictionary<ElasticRegistry, Cached<RegistryPassword>> _passwords = new();

    /// <summary>Null where nothing here is known to AWS.</summary>
    public ValueTask<RegistryPassword?> FindAsync(ElasticRegistry registry, CancellationToken cancellationToken) =>
        _passwords.GetOrAdd(registry, _ => new Cached<RegistryPassword>(client.Time)).GetAsync(
            async () =>
            {
                AmazonCredential? credential = await credentials.FindAsync(registry.Region, cancellationToken);
                RegistryPassword? password = credential is null ? null : await AskAsync(registry, credential, cancellationToken);
                return (password, password?.End ?? DateTimeOffset.MaxValue);
            },
            cancellationToken);

    public void Dispose()
    {
        foreach (Cached<RegistryPassword> cached in _passwords.Values)
            cached.Dispose();
    }

    private async Task<RegistryPassword> AskAsync(ElasticRegistry registry, AmazonCredential credential, CancellationToken cancellationToken)
    {
        Uri address = _endpoints.Find(registry.IsPublic ? "ECR_PUBLIC" : "ECR", registry.Api);
        byte[] body = Encoding.UTF8.GetBytes(registry.IsPublic ? "{}" : $$"""{"registryIds":["{{registry.Account}}"]}""");
        CloudAnswer answer = await client.SendAsync(
            registry.IsPublic ? "Amazon ECR Public" : "Amazon ECR",
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-amz-json-1.1");
                request.Headers.TryAddWithoutValidation("X-Amz-Target", registry.IsPublic ? PublicOperation : PrivateOperation);
                RequestSignature.Sign(request, body, credential, registry.Region, registry.IsPublic ? "ecr-public" : "ecr", client.Time.GetUtcNow());
                return request;
            },
            cancellationToken);
        RegistryAuthorizations.Entry? entry = registry.IsPublic
            ? answer.Parse(CloudJson.Default.PublicRegistryAuthorization).AuthorizationData
            : answer.Parse(CloudJson.Default.RegistryAuthorizations).AuthorizationData is [var first, ..] ? first : null;
        return entry?.ToPassword($"{credential} of {credential.Place}") ?? throw answer.Malformed();
    }
}
