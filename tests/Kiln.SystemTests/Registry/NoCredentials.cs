// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Auth;

namespace Kiln.SystemTests.Registry;

/// <summary>Nobody has an account anywhere.</summary>
internal sealed class NoCredentials : ICredentialSource
{
    public ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken) =>
        new(new CredentialLookup(null, "`nowhere`"));
}
