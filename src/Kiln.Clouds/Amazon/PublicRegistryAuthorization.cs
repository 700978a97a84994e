// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds.Amazon;

/// <summary>What the public ECR answers: one entry where the private one has a list.</summary>
internal sealed class PublicRegistryAuthorization
{
    public RegistryAuthorizations.Entry? AuthorizationData { get; init; }
}
