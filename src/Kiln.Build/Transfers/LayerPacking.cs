// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>
/// Packs the plain layers of an image whose manifest was made here, as `docker push` does before it sends them: nobody knows the image by a digest yet. An image that came
/// with a manifest is never touched.
/// </summary>
internal sealed class LayerPacking(TransferServices services)
{
    internal async Task<LocatedImage> PackAsync(LocatedImage image, CancellationToken cancellationToken)
    {
        if (!image.IsAssembled || services.Compression.Compression == LayerCompression.None)
            return image;
        Image plain = await image.ReadImageAsync(cancellationToken);
        var packed = new Dictionary<Digest, IBlobSource>();
        foreach (IBlobSource layer in plain.Layers.DistinctBy(layer => layer.Descriptor.Digest))
            packed[layer.Descriptor.Digest] = layer.Descriptor.MediaType.Compression == LayerCompression.None ? await PlainLayers.PackAsync(layer, services.Work().Blobs, services.Compression, services.Report, cancellationToken) : layer;
        IBlobSource[] layers = [.. plain.Layers.Select(layer => packed[layer.Descriptor.Digest])];
        var manifest = new ImageManifest
        {
            MediaType = plain.Manifest.MediaType,
            Config = plain.Config.Descriptor,
            Layers = [.. layers.Select(layer => layer.Descriptor)],
        };
        return image with { Root = manifest.ToDocument(), Content = new KnownContent(plain.Config, layers) };
    }

    private sealed class KnownContent(RawDocument config, IReadOnlyList<IBlobSource> layers) : IImageContent
    {
        public Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken) => Task.FromResult(config);

        public IBlobSource Find(Descriptor descriptor) =>
            descriptor.Digest == config.Digest ? config : layers.First(layer => layer.Descriptor.Digest == descriptor.Digest);
    }
}
