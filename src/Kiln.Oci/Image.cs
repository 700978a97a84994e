// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Oci;

/// <summary>
/// An image with everything needed to push it or write it to disk. The manifest names the configuration and exactly these layers, in
/// this order.
/// </summary>
public sealed class Image
{
    public Image(RawDocument manifest, RawDocument config, IReadOnlyList<IBlobSource> layers)
    {
        Manifest = manifest;
        Config = config;
        Layers = layers;
        ImageManifest parsed = ImageManifest.Parse(manifest);
        IEnumerable<Digest> named = parsed.Layers.Select(layer => layer.Digest);
        if (parsed.Config.Digest != config.Digest || !named.SequenceEqual(layers.Select(layer => layer.Descriptor.Digest)))
            throw new ArgumentException("the manifest names another configuration or other layers", nameof(manifest));
    }

    public RawDocument Manifest { get; }

    public RawDocument Config { get; }

    public IReadOnlyList<IBlobSource> Layers { get; }

    public Digest Digest => Manifest.Digest;

    /// <summary>The image of a configuration and its layers, all media types in one family.</summary>
    public static Image Create(ImageConfig config, IReadOnlyList<IBlobSource> layers, ImageFormat format) => Create(config, layers, format, StringMap.Empty);

    /// <inheritdoc cref="Create(ImageConfig, IReadOnlyList{IBlobSource}, ImageFormat)"/>
    /// <param name="annotations">The manifest's.</param>
    public static Image Create(ImageConfig config, IReadOnlyList<IBlobSource> layers, ImageFormat format, ImmutableSortedDictionary<string, string> annotations)
    {
        RawDocument configDocument = config.ToDocument(format);
        var manifest = new ImageManifest
        {
            MediaType = MediaType.Manifest(format),
            Config = configDocument.Descriptor,
            Annotations = annotations,
            Layers = [.. layers.Select(layer => layer.Descriptor with { MediaType = layer.Descriptor.MediaType.In(format) })],
        };
        return new Image(manifest.ToDocument(), configDocument, layers);
    }
}
