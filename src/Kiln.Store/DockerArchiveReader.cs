// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Reads images from an archive: one of `docker save`, of whatever age since 1.10, plain or packed, or an OCI layout in a tar. Where both are in it, as Docker
/// writes since 25, the layout counts, for it has the manifests.
/// </summary>
public sealed class DockerArchiveReader : IImageContent
{
    private readonly ArchiveFiles _files;

    private DockerArchiveReader(ArchiveFiles files) => _files = files;

    /// <inheritdoc cref="ArchiveFiles.ReadAsync"/>
    public static async Task<DockerArchiveReader> OpenAsync(string path, Func<string> newScratch, CancellationToken cancellationToken) =>
        new(await ArchiveFiles.ReadAsync(path, newScratch, cancellationToken));

    public async Task<StoredImages> ListAsync(CancellationToken cancellationToken)
    {
        if (_files.Find(OciLayout.IndexFile) is not null && _files.Find(OciLayout.MarkerFile) is not null)
        {
            var document = new RawDocument(MediaType.OciIndex, await _files.ReadAllAsync(OciLayout.IndexFile, cancellationToken));
            return new LayoutIndex(_files.Place, document, this).Images();
        }
        if (_files.Find(OciLayout.ArchiveManifest) is null)
            throw _files.Broken(_files.Find("repositories") is null
                ? "it holds neither `manifest.json` nor `index.json`"
                : "it was written by a Docker before 1.10 and holds no `manifest.json`");
        StoredImage[] images = [.. (await ReadManifestAsync(cancellationToken)).Select(entry => ImageOf(entry))];
        return new StoredImages(_files.Place, images, (_, _) => Task.FromResult<LocatedImage?>(null));
    }

    /// <summary>An image, or an index of images, as <see cref="StoredImages.FindAsync"/> finds it.</summary>
    public async Task<LocatedImage> FindAsync(string? name, CancellationToken cancellationToken) =>
        await (await ListAsync(cancellationToken)).FindAsync(name, cancellationToken);

    /// <summary>An image for a platform, as <see cref="OciLayoutReader.ReadAsync(string?, Platform, CancellationToken)"/> finds it.</summary>
    public async Task<Image> ReadAsync(string? name, Platform platform, CancellationToken cancellationToken)
    {
        LocatedImage found = await FindAsync(name, cancellationToken);
        return await (await found.SelectAsync(platform, cancellationToken)).ReadImageAsync(cancellationToken);
    }

    public async Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        byte[] content = await _files.ReadAllAsync(BlobName(descriptor), cancellationToken);
        return descriptor.Digest.Matches(content)
            ? new RawDocument(descriptor.MediaType, content)
            : throw DiagnosticRules.ContentMismatch.Error($"`{_files.Place}` holds other bytes under the digest `{descriptor.Digest}`");
    }

    public IBlobSource Find(Descriptor descriptor) => new ArchiveBlob(_files, _files.Get(BlobName(descriptor)), descriptor);

    private static string BlobName(Descriptor blob) => $"{OciLayout.BlobsDirectory}/{blob.Digest.Algorithm}/{blob.Digest.Hex}";

    private async Task<IReadOnlyList<DockerArchiveEntry>> ReadManifestAsync(CancellationToken cancellationToken)
    {
        byte[] content = await _files.ReadAllAsync(OciLayout.ArchiveManifest, cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(content, StoreJson.Default.IReadOnlyListDockerArchiveEntry) ?? [];
        }
        catch (JsonException e)
        {
            throw _files.Broken($"its `{OciLayout.ArchiveManifest}` makes no sense: {e.Message}");
        }
    }

    private StoredImage ImageOf(DockerArchiveEntry entry)
    {
        string[] names = [.. entry.RepoTags.Select(tag => ImageReference.TryParse(tag, out ImageReference? whole) ? whole.ToString() : tag)];
        return new StoredImage(names, null, token => new ArchivedImage(_files, entry).AssembleAsync(token));
    }
}
