// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>A name in a registry.</summary>
public sealed record RegistryPlace(ImageReference Reference) : ImagePlace
{
    public override string ToString() => Reference.Familiar;
}
