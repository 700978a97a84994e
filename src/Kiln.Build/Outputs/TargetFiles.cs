// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Stacks;
using Kiln.Layers.Blobs;
using Kiln.Layers.Deltas;
using Kiln.Layers.Sources;

namespace Kiln.Build.Outputs;

/// <summary>The files of the image that was built, to be written elsewhere. The layers that have some of them are on disk.</summary>
internal sealed class TargetFiles(Stack stack, StackFiles files)
{
    /// <inheritdoc cref="StackFiles.Read"/>
    internal IEnumerable<DeltaEntry> Read(CancellationToken cancellationToken) => files.Read(number => Open(stack.Layers[number], cancellationToken), cancellationToken);

    private static PlainLayerStream Open(StackLayer layer, CancellationToken cancellationToken) =>
        new(new ReadAheadStream(_ => Decompression.Open(layer.File!.Open()), cancellationToken), layer.DiffId, layer.Descriptor.Digest);
}
