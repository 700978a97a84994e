// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;

namespace Kiln.Oci;

/// <summary>
/// The type of a manifest, a configuration or a layer, as descriptors and `Content-Type` name it. Any text may stand in one: unknown
/// types are carried along, not refused.
/// </summary>
public readonly record struct MediaType(string Text)
{
    public static readonly MediaType OciManifest = new("application/vnd.oci.image.manifest.v1+json");
    public static readonly MediaType OciIndex = new("application/vnd.oci.image.index.v1+json");
    public static readonly MediaType OciConfig = new("application/vnd.oci.image.config.v1+json");
    public static readonly MediaType OciLayer = new("application/vnd.oci.image.layer.v1.tar");
    public static readonly MediaType OciLayerGzip = new("application/vnd.oci.image.layer.v1.tar+gzip");
    public static readonly MediaType OciLayerZstd = new("application/vnd.oci.image.layer.v1.tar+zstd");
    public static readonly MediaType OciForeignLayer = new("application/vnd.oci.image.layer.nondistributable.v1.tar");
    public static readonly MediaType OciForeignLayerGzip = new("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    public static readonly MediaType OciForeignLayerZstd = new("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd");

    public static readonly MediaType DockerManifest = new("application/vnd.docker.distribution.manifest.v2+json");
    public static readonly MediaType DockerIndex = new("application/vnd.docker.distribution.manifest.list.v2+json");
    public static readonly MediaType DockerConfig = new("application/vnd.docker.container.image.v1+json");
    public static readonly MediaType DockerLayer = new("application/vnd.docker.image.rootfs.diff.tar");
    public static readonly MediaType DockerLayerGzip = new("application/vnd.docker.image.rootfs.diff.tar.gzip");
    public static readonly MediaType DockerLayerZstd = new("application/vnd.docker.image.rootfs.diff.tar.zstd");
    public static readonly MediaType DockerForeignLayer = new("application/vnd.docker.image.rootfs.foreign.diff.tar");
    public static readonly MediaType DockerForeignLayerGzip = new("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");

    /// <summary>Each OCI type beside Docker's word for the same thing.</summary>
    private static readonly (MediaType Oci, MediaType Docker)[] Pairs =
    [
        (OciManifest, DockerManifest),
        (OciIndex, DockerIndex),
        (OciConfig, DockerConfig),
        (OciLayer, DockerLayer),
        (OciLayerGzip, DockerLayerGzip),
        (OciLayerZstd, DockerLayerZstd),
        (OciForeignLayer, DockerForeignLayer),
        (OciForeignLayerGzip, DockerForeignLayerGzip),
    ];

    private static readonly FrozenDictionary<MediaType, LayerCompression> Layers = new Dictionary<MediaType, LayerCompression>
    {
        [OciLayer] = LayerCompression.None,
        [OciLayerGzip] = LayerCompression.Gzip,
        [OciLayerZstd] = LayerCompression.Zstd,
        [OciForeignLayer] = LayerCompression.None,
        [OciForeignLayerGzip] = LayerCompression.Gzip,
        [OciForeignLayerZstd] = LayerCompression.Zstd,
        [DockerLayer] = LayerCompression.None,
        [DockerLayerGzip] = LayerCompression.Gzip,
        [DockerLayerZstd] = LayerCompression.Zstd,
        [DockerForeignLayer] = LayerCompression.None,
        [DockerForeignLayerGzip] = LayerCompression.Gzip,
    }.ToFrozenDictionary();

    public bool IsManifest => this == OciManifest || this == DockerManifest;

    public bool IsIndex => this == OciIndex || this == DockerIndex;

    public bool IsConfig => this == OciConfig || this == DockerConfig;

    public bool IsLayer => Layers.ContainsKey(this);

    /// <summary>A layer that its owner forbids to distribute: it is named by URL and never pushed.</summary>
    public bool IsForeignLayer => IsLayer && (Text.Contains(".nondistributable.") || Text.Contains(".foreign."));

    public bool IsDocker => Text?.StartsWith("application/vnd.docker.", StringComparison.Ordinal) == true;

    /// <exception cref="InvalidOperationException">This is no layer's type.</exception>
    public LayerCompression Compression =>
        Layers.TryGetValue(this, out LayerCompression compression)
            ? compression
            : throw new InvalidOperationException($"`{Text}` is no layer");

    public static MediaType Manifest(ImageFormat format) => OciManifest.In(format);

    public static MediaType Index(ImageFormat format) => OciIndex.In(format);

    public static MediaType Config(ImageFormat format) => OciConfig.In(format);

    public static MediaType Layer(ImageFormat format, LayerCompression compression) => (compression switch
    {
        LayerCompression.None => OciLayer,
        LayerCompression.Gzip => OciLayerGzip,
        LayerCompression.Zstd => OciLayerZstd,
    }).In(format);

    /// <summary>The other family's word for the same thing; the type itself where that family has none.</summary>
    public MediaType In(ImageFormat format)
    {
        foreach ((MediaType oci, MediaType docker) in Pairs)
        {
            if (this == oci || this == docker)
                return format == ImageFormat.Oci ? oci : docker;
        }
        return this;
    }

    public override string ToString() => Text ?? "";
}
