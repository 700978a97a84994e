// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Stacks;

/// <summary>
/// The layers of all images that a build starts from, each once: images that have their lowest layers in common, under whatever names they were asked
/// for, share those. What a layer's tree looks like depends on the layers below it, so the same blob on other layers is another layer.
/// </summary>
internal sealed class LayerCatalog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(StackLayer? Below, Digest Blob, Digest DiffId), StackLayer> _layers = [];

    /// <summary>The layers of an image, none of them fetched.</summary>
    internal Stack StackOf(Image image, ImageConfig config)
    {
        if (image.Layers.Count != config.RootFs.DiffIds.Count)
            throw DiagnosticRules.MalformedImage.Error(
                $"the image has {image.Layers.Count} layers, but its configuration names {config.RootFs.DiffIds.Count} diff ids");
        Stack stack = Stack.Empty;
        foreach ((IBlobSource blob, Digest diffId) in image.Layers.Zip(config.RootFs.DiffIds))
            stack = stack.Push(Intern(stack.Layers.LastOrDefault(), blob, diffId));
        return stack;
    }

    /// <summary>Those that no step had a use for.</summary>
    internal IReadOnlyList<StackLayer> FindUnused()
    {
        lock (_lock)
            return [.. _layers.Values.Where(l => l.Index is null && l.Tree is null && l.File is null)];
    }

    private StackLayer Intern(StackLayer? below, IBlobSource blob, Digest diffId)
    {
        lock (_lock)
        {
            if (!_layers.TryGetValue((below, blob.Descriptor.Digest, diffId), out StackLayer? layer))
                _layers[(below, blob.Descriptor.Digest, diffId)] = layer = new StackLayer(blob, diffId);
            return layer;
        }
    }
}
