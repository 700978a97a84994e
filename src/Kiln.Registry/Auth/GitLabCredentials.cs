// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds;

namespace Kiln.Registry.Auth;

/// <summary>What a job of GitLab CI has in its environment for the registry of its own GitLab, and for its dependency proxy.</summary>
public sealed class GitLabCredentials(Surroundings surroundings) : ICredentialSource
{
    private const string Place = "the variables of GitLab CI (gitlab)";
    private const string JobUser = "gitlab-ci-token";

    public ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken) => new(
        IsHost("CI_REGISTRY", host) ? OfRegistry()
        : IsHost("CI_DEPENDENCY_PROXY_SERVER", host) ? OfPair("CI_DEPENDENCY_PROXY_USER", "CI_DEPENDENCY_PROXY_PASSWORD") ?? Missing("CI_DEPENDENCY_PROXY_USER")
        : CredentialLookup.ForOthers(Place, surroundings.Find("CI_REGISTRY") is { } other ? $"`CI_REGISTRY` is `{other}`" : "there is no `CI_REGISTRY`"));

    private CredentialLookup OfRegistry() =>
        OfPair("CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD")
        ?? (surroundings.Find("CI_JOB_TOKEN") is { } token ? new CredentialLookup(Credential.OfPassword(JobUser, token), "`CI_JOB_TOKEN`") : Missing("CI_REGISTRY_USER"));

    private CredentialLookup? OfPair(string user, string password) =>
        surroundings.Find(user) is { } name && surroundings.Find(password) is { } secret
            ? new CredentialLookup(Credential.OfPassword(name, secret), $"`{user}`")
            : null;

    private static CredentialLookup Missing(string variable) => new(null, Place) { Reason = $"`{variable}` is not set" };

    private bool IsHost(string variable, string host) => surroundings.Find(variable) is { } named && HostName.Of(named) == host;
}
