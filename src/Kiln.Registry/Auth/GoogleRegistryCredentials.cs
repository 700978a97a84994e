// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds.Google;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>Google's Artifact Registry and Container Registry.</summary>
public sealed class GoogleRegistryCredentials(Func<GoogleTokens> tokens) : ICredentialSource
{
    private const string Place = "Google's credentials (google)";

    // What Google's registries want for the name of a user who has an access token.
    private const string User = "oauth2accesstoken";

    public async ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        if (!IsGoogle(host))
            return CredentialLookup.ForOthers(Place, "the host is no registry of Google's");
        try
        {
            return await tokens().FindAsync(cancellationToken) is { } token
                ? new CredentialLookup(Credential.OfPassword(User, token.Text), $"Google, by {token.Place}")
                : new CredentialLookup(null, Place) { Reason = "there is neither a file of credentials nor a metadata server" };
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.CloudRefused)
        {
            return CredentialLookup.OfRefusal(Place, e);
        }
    }

    private static bool IsGoogle(string host) =>
        host == "gcr.io" || host.EndsWith(".gcr.io", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".pkg.dev", StringComparison.OrdinalIgnoreCase);
}
