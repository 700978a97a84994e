// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Build.Stacks;

/// <summary>Layers, lowest first. A step is a function from a stack to one more layer.</summary>
internal sealed record Stack(ImmutableArray<StackLayer> Layers)
{
    internal static Stack Empty { get; } = new([]);

    internal Stack Push(StackLayer layer) => new(Layers.Add(layer));

    /// <summary>The layers of an image, none of them fetched.</summary>
    internal static Stack Of(Image image, ImageConfig config)
    {
        if (image.Layers.Count != config.RootFs.DiffIds.Count)
            throw Diagnostics.DiagnosticRules.MalformedImage.Error(
                $"the image has {image.Layers.Count} layers, but its configuration names {config.RootFs.DiffIds.Count} diff ids");
        return new([.. image.Layers.Zip(config.RootFs.DiffIds, (blob, diffId) => new StackLayer(blob, diffId))]);
    }
}
