// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Build.Steps;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Indexes;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Outputs;

/// <summary>Makes of what a step changed a layer: blob and index in one pass, and its upload meanwhile where the image will have it.</summary>
internal sealed class DeltaWriter(WorkDirectory work, CompressionOptions compression, IgnoredPaths ignored, LayerUploads uploads)
{
    private readonly BlobStore _blobs = new(work.Blobs);

    /// <param name="delta">What the step changed.</param>
    /// <param name="below">The stack under the layer.</param>
    /// <param name="context">The step's.</param>
    /// <param name="cancellationToken">Ends the writing and leaves nothing behind.</param>
    internal async Task<StackLayer> WriteAsync(LayerDelta delta, StackView below, StepContext context, CancellationToken cancellationToken)
    {
        ignored.RemoveFrom(delta);
        using PendingBlob pending = _blobs.Begin();
        var finished = new TaskCompletionSource<IBlobSource>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            Task<ImageReference?> place = context.InImage ? uploads.BeginAsync(pending, finished.Task) : Task.FromResult<ImageReference?>(null);
            // A thread of its own, for it waits where packing or the disk is slower than reading.
            (LayerSummary summary, LayerIndex index) = await Task.Factory.StartNew(
                () => Write(pending.Stream, context.Scan.Watch(delta.ToEntries(below, context.Epoch)), cancellationToken),
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            MediaType type = MediaType.Layer(ImageFormat.Oci, compression.Compression);
            FileBlob file = pending.Commit(new Descriptor { MediaType = type, Digest = summary.Digest, Size = summary.Size });
            finished.SetResult(file);
            return new StackLayer(file, summary.DiffId) { Index = index, File = file, Place = place };
        }
        finally
        {
            finished.TrySetCanceled(CancellationToken.None);
        }
    }

    private (LayerSummary, LayerIndex) Write(Stream blob, IEnumerable<DeltaEntry> entries, CancellationToken cancellationToken)
    {
        using var writer = new LayerWriter(blob, compression, Environment.ProcessorCount);
        foreach (DeltaEntry entry in entries)
            writer.Write(entry, cancellationToken);
        return (writer.Complete(), writer.ToIndex());
    }
}
