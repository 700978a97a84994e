// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds;

namespace Kiln.Registry.Auth;

/// <summary>The token of a workflow of GitHub Actions, for the registry of the GitHub that it belongs to: one of an own server is of no use elsewhere, and nobody else's business.</summary>
public sealed class GitHubCredentials(Surroundings surroundings) : ICredentialSource
{
    private const string Place = "the variables of GitHub Actions (github)";

    public ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        string server = surroundings.Find("GITHUB_SERVER_URL") is { } url ? HostName.Of(url) : "github.com";
        string registry = server == "github.com" ? "ghcr.io" : $"containers.{server}";
        if (host != registry)
            return new(CredentialLookup.ForOthers(Place, $"they are for `{registry}`"));
        return new(surroundings.Find("GITHUB_TOKEN") is { } token
            ? new CredentialLookup(Credential.OfPassword(surroundings.Find("GITHUB_ACTOR") ?? "x-access-token", token), "`GITHUB_TOKEN`")
            : new CredentialLookup(null, Place) { Reason = "`GITHUB_TOKEN` is not set" });
    }
}
