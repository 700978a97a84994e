// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>Reads images from an OCI image layout. Documents are checked against their digests; layers are when they are read.</summary>
public sealed class OciLayoutReader(string directory) : IImageContent
{
    private readonly BlobStore _blobs = new(Path.Combine(directory, OciLayout.BlobsDirectory));

    /// <summary>The directory's own index.</summary>
    public async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken) => (await OpenIndexAsync(cancellationToken)).Index;

    public async Task<StoredImages> ListAsync(CancellationToken cancellationToken) => (await OpenIndexAsync(cancellationToken)).Images();

    /// <summary>
    /// An image for a platform. The name is a tag, a whole name or a digest; without one the layout must hold only one image for the
    /// platform.
    /// </summary>
    public async Task<Image> ReadAsync(string? name, Platform platform, CancellationToken cancellationToken)
    {
        LocatedImage found = await (await ListAsync(cancellationToken)).FindAsync(name, cancellationToken);
        return await (await found.SelectAsync(platform, cancellationToken)).ReadImageAsync(cancellationToken);
    }

    public async Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        byte[] content = await BoundedFile.ReadAsync(FindFile(descriptor).Path, cancellationToken);
        if (!descriptor.Digest.Matches(content))
            throw DiagnosticRules.ContentMismatch.Error($"`{directory}` holds other bytes under the digest `{descriptor.Digest}`");
        return new RawDocument(descriptor.MediaType, content);
    }

    public IBlobSource Find(Descriptor descriptor) => new CheckedBlob(FindFile(descriptor));

    private async Task<LayoutIndex> OpenIndexAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, OciLayout.IndexFile);
        if (!File.Exists(path))
            throw DiagnosticRules.LayoutUnreadable.Error($"`{directory}` is not an OCI image layout: it has no `{OciLayout.IndexFile}`");
        return new LayoutIndex(directory, new RawDocument(MediaType.OciIndex, await BoundedFile.ReadAsync(path, cancellationToken)), this);
    }

    private FileBlob FindFile(Descriptor descriptor) => _blobs.TryFind(descriptor, out FileBlob? blob)
        ? blob
        : throw DiagnosticRules.LayoutUnreadable.Error(
            $"`{directory}` lacks the blob `{descriptor.Digest}` of {descriptor.Size} bytes",
            hint: "the layout is not complete, or holds some platforms of an index alone: choose one of those");

    /// <summary>A layer from a directory that others may have written.</summary>
    private sealed class CheckedBlob(FileBlob file) : IBlobSource
    {
        public Descriptor Descriptor => file.Descriptor;

        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) =>
            new(new VerifyingStream(file.Descriptor.Size == 0 ? Stream.Null : file.Open(), file.Descriptor, file.Path));
    }
}
