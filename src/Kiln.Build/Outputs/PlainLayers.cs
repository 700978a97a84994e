// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>Packs layers that came from an archive as they lay on somebody's disk, as `docker push` does before it sends them.</summary>
internal static class PlainLayers
{
    /// <summary>The same stack with its <see cref="PlainLayer"/>s packed.</summary>
    internal static async Task<StageResult> PackAsync(
        StageResult result, string blobs, CompressionOptions compression, Action<BuildEvent> report, CancellationToken cancellationToken)
    {
        if (compression.Compression == LayerCompression.None || !result.Stack.Layers.Any(layer => layer.Blob is PlainLayer))
            return result;
        Stack stack = Stack.Empty;
        foreach (StackLayer layer in result.Stack.Layers)
        {
            if (layer.Blob is not PlainLayer plain)
            {
                stack = stack.Push(layer);
                continue;
            }
            FileBlob packed = await PackAsync(plain, blobs, compression, report, cancellationToken);
            stack = stack.Push(new StackLayer(packed, layer.DiffId) { Index = layer.Index, File = packed });
        }
        return result with { Stack = stack };
    }

    /// <param name="layer">A plain tar.</param>
    /// <param name="blobs">The directory of a store, where the blob is written.</param>
    /// <param name="compression">How it is packed.</param>
    /// <param name="report">Where events go.</param>
    /// <param name="cancellationToken">Ends the packing and leaves nothing behind.</param>
    internal static async Task<FileBlob> PackAsync(
        IBlobSource layer, string blobs, CompressionOptions compression, Action<BuildEvent> report, CancellationToken cancellationToken)
    {
        report(new Progress($"packing a layer of {ByteCount.Format(layer.Descriptor.Size)}"));
        using PendingBlob pending = new BlobStore(blobs).Begin();
        LayerSummary summary;
        await using (Stream content = await layer.OpenAsync(cancellationToken))
            summary = await LayerPacker.PackAsync(content, pending.Stream, compression, Environment.ProcessorCount, cancellationToken);
        MediaType type = MediaType.Layer(ImageFormat.Oci, compression.Compression);
        return pending.Commit(new Descriptor { MediaType = type, Digest = summary.Digest, Size = summary.Size });
    }
}
