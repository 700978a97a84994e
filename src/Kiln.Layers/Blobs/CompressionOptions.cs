// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>How layers are packed that are written here. The level is one that the compression has.</summary>
public sealed record CompressionOptions
{
    private CompressionOptions(LayerCompression compression, int level)
    {
        Compression = compression;
        Level = level;
    }

    /// <summary>What layers have where nobody asked for something else.</summary>
    public static CompressionOptions Default { get; } = new(LayerCompression.Gzip, DefaultLevel(LayerCompression.Gzip));

    public LayerCompression Compression { get; }

    public int Level { get; }

    /// <summary>The levels that a compression has, from fast to small: zlib.h's and zstd.h's own.</summary>
    public static (int Lowest, int Highest) Levels(LayerCompression compression) => compression switch
    {
        LayerCompression.None => (0, 0),
        LayerCompression.Gzip => (0, 9),
        LayerCompression.Zstd => (1, 22),
    };

    /// <param name="compression">The format.</param>
    /// <param name="level">Within <see cref="Levels"/>; null for the default.</param>
    public static CompressionOptions Of(LayerCompression compression, int? level = null)
    {
        (int lowest, int highest) = Levels(compression);
        int chosen = level ?? DefaultLevel(compression);
        ArgumentOutOfRangeException.ThrowIfLessThan(chosen, lowest, nameof(level));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chosen, highest, nameof(level));
        return new CompressionOptions(compression, chosen);
    }

    internal BlockFormat NewFormat() => Compression switch
    {
        LayerCompression.None => new PlainBlocks(),
        LayerCompression.Gzip => new GzipBlocks(Level),
        LayerCompression.Zstd => new ZstdBlocks(Level),
    };

    /// <summary>
    /// gzip 4 is the lowest level of zlib-ng whose layers are no more than 4 % larger than those of `gzip -6`; it takes 85 % of the time of its 6.
    /// zstd 3 is the default of zstd(1).
    /// </summary>
    private static int DefaultLevel(LayerCompression compression) => compression switch
    {
        LayerCompression.None => 0,
        LayerCompression.Gzip => 4,
        LayerCompression.Zstd => 3,
    };
}
