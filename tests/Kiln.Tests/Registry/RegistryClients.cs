// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry;
using Kiln.Registry.Auth;

namespace Kiln.Tests.Registry;

/// <summary>Clients that do not wait long.</summary>
internal static class RegistryClients
{
    public static readonly RegistryOptions Impatient = new()
    {
        UserAgent = "kiln/test",
        RetryDelay = TimeSpan.FromMilliseconds(1),
        // Less, and a machine with much else to do would be taken for a server that stalls.
        StallTimeout = TimeSpan.FromSeconds(2),
    };

    public static RegistryClient Create(RegistryOptions? options = null, Credential? credential = null, TimeProvider? time = null) =>
        new(options ?? Impatient, new OneCredential(credential), time ?? TimeProvider.System);

    private sealed class OneCredential(Credential? credential) : ICredentialSource
    {
        public ValueTask<CredentialLookup> FindAsync(string host, string repository, CancellationToken cancellationToken) =>
            new(new CredentialLookup(credential, "`the test`"));
    }
}
