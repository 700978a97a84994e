// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Oci;

/// <summary>
/// All that an image consists of, or an index with its images: what has to be at a place before the root's name may point to it. Each part is
/// there once, and a document stands behind everything that it names.
/// </summary>
public sealed class ImageTree
{
    /// <summary>An index of more manifests is nobody's image.</summary>
    internal const int MaxDocuments = 1000;

    private const long MaxDocumentBytes = 64 << 20;

    private ImageTree(IReadOnlyList<RawDocument> documents, IReadOnlyList<IBlobSource> blobs) => (Documents, Blobs) = (documents, blobs);

    /// <summary>Manifests and indexes, the root last.</summary>
    public IReadOnlyList<RawDocument> Documents { get; }

    /// <summary>Configurations and layers, without those that may not be distributed.</summary>
    public IReadOnlyList<IBlobSource> Blobs { get; }

    public RawDocument Root => Documents[^1];

    public static ImageTree Of(Image image) => new(
        [image.Manifest],
        [.. image.Layers.Where(layer => !layer.Descriptor.MediaType.IsForeignLayer).Append(image.Config).DistinctBy(blob => blob.Descriptor.Digest)]);

    /// <summary>What an index names, each from where it comes, and the index above.</summary>
    public static ImageTree Join(RawDocument index, IReadOnlyList<ImageTree> images) => new(
        [.. images.SelectMany(image => image.Documents).DistinctBy(document => document.Digest), index],
        [.. images.SelectMany(image => image.Blobs).DistinctBy(blob => blob.Descriptor.Digest)]);

    /// <summary>The same with other ways to its blobs.</summary>
    public ImageTree Map(Func<IBlobSource, IBlobSource> replace) => new(Documents, [.. Blobs.Select(replace)]);

    /// <summary>Reads the documents of all images below the root; no layer.</summary>
    public static async Task<ImageTree> ReadAsync(LocatedImage image, CancellationToken cancellationToken)
    {
        var reading = new Reading(image);
        await reading.TakeAsync(image.Root, 0, cancellationToken);
        return new ImageTree(reading.Documents, reading.Blobs);
    }

    private sealed class Reading(LocatedImage image)
    {
        private readonly HashSet<Digest> _seen = [];
        private int _count;
        private long _bytes;

        public List<RawDocument> Documents { get; } = [];

        public List<IBlobSource> Blobs { get; } = [];

        public async Task TakeAsync(RawDocument document, int depth, CancellationToken cancellationToken)
        {
            _bytes += document.Content.Length;
            if (++_count > MaxDocuments || _bytes > MaxDocumentBytes)
                throw TooLarge();
            if (document.MediaType.IsIndex)
                await TakeIndexAsync(ImageIndex.Parse(document), depth, cancellationToken);
            else
                TakeManifest(ImageManifest.Parse(document));
            Documents.Add(document);
        }

        private async Task TakeIndexAsync(ImageIndex index, int depth, CancellationToken cancellationToken)
        {
            if (depth == LocatedImage.MaxIndexDepth)
                throw DiagnosticRules.MalformedImage.Error($"`{image.Place}` is an index of indexes, nested deeper than {LocatedImage.MaxIndexDepth}");
            if (index.Manifests.Count > MaxDocuments)
                throw TooLarge();
            foreach (Descriptor child in index.Manifests)
            {
                if (!child.MediaType.IsManifest && !child.MediaType.IsIndex)
                    TakeBlob(child);
                else if (_seen.Add(child.Digest))
                    await TakeAsync(await image.Content.ReadAsync(child, cancellationToken), depth + 1, cancellationToken);
            }
        }

        private void TakeManifest(ImageManifest manifest)
        {
            foreach (Descriptor layer in manifest.Layers.Where(layer => !layer.MediaType.IsForeignLayer))
                TakeBlob(layer);
            TakeBlob(manifest.Config);
        }

        private void TakeBlob(Descriptor blob)
        {
            if (_seen.Add(blob.Digest))
                Blobs.Add(image.Content.Find(blob));
        }

        private BuildException TooLarge() => DiagnosticRules.MalformedImage.Error(
            $"`{image.Place}` is an index of more than {MaxDocuments} manifests, or of more than {MaxDocumentBytes >> 20} MiB of them");
    }
}
