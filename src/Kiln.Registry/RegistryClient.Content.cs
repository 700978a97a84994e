// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Registry.Pull;

namespace Kiln.Registry;

public sealed partial class RegistryClient
{
    /// <summary>An image or an index as the registry has it: nothing but its own document is read.</summary>
    public async Task<LocatedImage> LocateAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        RawDocument root = await PullManifestAsync(reference, cancellationToken);
        return new LocatedImage(reference.Familiar, root, new RepositoryContent(this, reference))
        {
            Names = reference.Tag is { } tag ? [reference.WithTag(tag).ToString()] : [],
        };
    }

    /// <summary>A configuration, whole: it is small, or an error.</summary>
    internal Task<RawDocument> ReadConfigAsync(ImageReference reference, Descriptor config, CancellationToken cancellationToken) =>
        PullConfigAsync(reference, config, cancellationToken);
}
