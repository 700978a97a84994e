// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds.Amazon;
using Kiln.Diagnostics;

namespace Kiln.Registry.Auth;

/// <summary>Amazon ECR, private and public.</summary>
public sealed class AmazonRegistryCredentials(Func<ElasticRegistryPasswords> passwords) : ICredentialSource
{
    private const string Place = "Amazon's credentials (ecr)";

    public async ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken)
    {
        if (ElasticRegistry.Find(host) is not { } registry)
            return CredentialLookup.ForOthers(Place, "the host is no registry of Amazon's");
        try
        {
            return await passwords().FindAsync(registry, cancellationToken) is { } found
                ? new CredentialLookup(Credential.OfPassword(found.User, found.Password), $"Amazon ECR, by {found.Place}")
                : new CredentialLookup(null, Place) { Reason = "neither environment, files, container nor machine have any" };
        }
        catch (BuildException e) when (e.Diagnostic.Rule == DiagnosticRules.CloudRefused)
        {
            return CredentialLookup.OfRefusal(Place, e);
        }
    }
}
