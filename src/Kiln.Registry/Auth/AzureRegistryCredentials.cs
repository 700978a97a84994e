// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds.Azure;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>Azure Container Registry.</summary>
public sealed class AzureRegistryCredentials(Func<AzureRegistryTokens> tokens) : ICredentialSource
{
    private const string Place = "Azure's credentials (acr)";

    public async ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        if (AzureCloud.OfRegistry(host) is null)
            return CredentialLookup.ForOthers(Place, "the host is no registry of Azure's");
        try
        {
            return await tokens().FindAsync(host, cancellationToken) is { } token
                ? new CredentialLookup(Credential.OfIdentityToken(token.Text), $"Azure, by {token.Place}")
                : new CredentialLookup(null, Place) { Reason = "there is neither a service principal, a workload identity nor a managed identity" };
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.CloudRefused)
        {
            return CredentialLookup.OfRefusal(Place, e);
        }
    }
}
