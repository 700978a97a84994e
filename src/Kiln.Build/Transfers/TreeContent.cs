// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>The parts of an index that is made here, wherever they come from.</summary>
internal sealed class TreeContent(ImageTree tree) : IImageContent
{
    private const int MaxDocumentSize = 8 << 20;

    public async Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        if (tree.Documents.FirstOrDefault(document => document.Digest == descriptor.Digest) is { } found)
            return found;
        if (descriptor.Size > MaxDocumentSize)
            throw DiagnosticRules.MalformedImage.Error($"the configuration `{descriptor.Digest}` has {descriptor.Size} bytes, too many");
        await using Stream stream = await Find(descriptor).OpenAsync(cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        return new RawDocument(descriptor.MediaType, content.ToArray());
    }

    public IBlobSource Find(Descriptor descriptor) => tree.Blobs.First(blob => blob.Descriptor.Digest == descriptor.Digest);
}
