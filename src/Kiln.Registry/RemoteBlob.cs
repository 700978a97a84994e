// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry;

/// <summary>A blob in a repository. Pushed within the same registry, it is mounted rather than moved.</summary>
public sealed class RemoteBlob(RegistryClient client, ImageReference origin, Descriptor descriptor) : IBlobSource
{
    public ImageReference? Origin => origin;

    public Descriptor Descriptor { get; } = descriptor;

    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) =>
        await client.OpenBlobAsync(origin, Descriptor, cancellationToken);
}
