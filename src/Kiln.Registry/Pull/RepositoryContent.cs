// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry.Pull;

/// <summary>What a repository holds; blobs stay there until they are opened.</summary>
internal sealed class RepositoryContent(RegistryClient client, ImageReference repository) : IImageContent
{
    public async Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        if (!descriptor.MediaType.IsManifest && !descriptor.MediaType.IsIndex)
            return await client.ReadConfigAsync(repository, descriptor, cancellationToken);
        RawDocument document = await client.PullManifestAsync(repository.ByDigest(descriptor.Digest), cancellationToken);
        // The index's word counts: it is what was hashed.
        return new RawDocument(descriptor.MediaType, document.Content);
    }

    public IBlobSource Find(Descriptor descriptor) => new RemoteBlob(client, repository, descriptor);
}
