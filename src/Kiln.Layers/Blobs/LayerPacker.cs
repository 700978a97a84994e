// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Blobs;

/// <summary>Packs a layer that is there as a plain tar, byte for byte.</summary>
public static class LayerPacker
{
    private const int BufferSize = 256 << 10;

    /// <param name="plain">The tar.</param>
    /// <param name="blob">Where the blob goes; stays open. It is written to by another thread.</param>
    /// <param name="compression">How it is packed.</param>
    /// <param name="packers">How many threads pack; what comes out does not depend on it.</param>
    /// <param name="cancellationToken">Ends the packing.</param>
    public static async Task<LayerSummary> PackAsync(
        Stream plain, Stream blob, CompressionOptions compression, int packers, CancellationToken cancellationToken)
    {
        using var packing = new PackingStream(blob, compression.NewFormat(), packers);
        await plain.CopyToAsync(packing, BufferSize, cancellationToken);
        return packing.Complete();
    }
}
