// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Auth;

/// <summary>Finds the credential for a repository. Sources may be asked often: they remember what is costly to find.</summary>
public interface ICredentialSource
{
    /// <param name="host">As references have it: `docker.io`, `localhost:5000`.</param>
    /// <param name="repository">Some sources know different credentials for repositories of one host.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken);
}
