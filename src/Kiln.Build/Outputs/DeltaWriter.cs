// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Linux.Files;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>Makes of what a step changed a layer: blob and index in one pass.</summary>
internal sealed class DeltaWriter(WorkDirectory work, CompressionOptions compression)
{
    private readonly BlobStore _blobs = new(work.Blobs);

    /// <param name="delta">What the step changed.</param>
    /// <param name="below">The stack under the layer.</param>
    /// <param name="latest">Later modification times become this one (SOURCE_DATE_EPOCH).</param>
    /// <param name="cancellationToken">Ends the writing and leaves nothing behind.</param>
    internal async Task<StackLayer> WriteAsync(LayerDelta delta, StackView below, UnixTime? latest, CancellationToken cancellationToken)
    {
        using PendingBlob pending = _blobs.Begin();
        (LayerSummary summary, LayerIndex index) = await Task.Factory.StartNew(
            () => Write(pending.Stream, delta, below, latest, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        FileBlob file = pending.Commit(new Descriptor { MediaType = MediaType.Layer(ImageFormat.Oci, compression.Compression), Digest = summary.Digest, Size = summary.Size });
        return new StackLayer(file, summary.DiffId) { Index = index, File = file };
    }

    private (LayerSummary, LayerIndex) Write(
        Stream blob, LayerDelta delta, StackView below, UnixTime? latest, CancellationToken cancellationToken)
    {
        using var writer = new LayerWriter(blob, compression, Environment.ProcessorCount);
        foreach (DeltaEntry entry in delta.ToEntries(below, latest))
            writer.Write(entry, cancellationToken);
        return (writer.Complete(), writer.ToIndex());
    }
}
