// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Registry.Auth;

namespace Kiln.Registry;

public sealed partial class RegistryClient
{
    /// <summary>The repositories that a pull asks, in order.</summary>
    public IReadOnlyList<string> PullOrder(ImageReference reference) => [.. _hosts.EndpointsOf(reference).Select(endpoint => endpoint.ToString())];

    /// <summary>What a registry answers to a credential; an answer in any case, unless nobody answers.</summary>
    /// <param name="host">As references have it.</param>
    /// <param name="repository">What the credential is to be good for; empty for the registry as such.</param>
    /// <param name="credential">Null for nobody in particular.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public Task<RegistryFindings> ExamineAsync(string host, string repository, Credential? credential, CancellationToken cancellationToken) =>
        new RegistryExamination(_transport, new RegistryEndpoint(host, repository), credential).RunAsync(cancellationToken);
}
