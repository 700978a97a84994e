// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Planning.Sources;

/// <summary>An image of a registry, for some platform.</summary>
public sealed record ImageSource(ImageReference Reference, Platform Platform) : SourceReference
{
    public override Platform? ImagePlatform => Platform;
}
