// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Stacks;

/// <summary>
/// A layer of a stack: a blob somewhere, and its index and tree as soon as somebody asked for them (<see cref="LayerDepot"/> makes them).
/// Stages that start from the same base share the object (<see cref="LayerCatalog"/>), so nothing is fetched or unpacked twice.
/// </summary>
internal sealed class StackLayer(IBlobSource blob, Digest diffId)
{
    internal IBlobSource Blob { get; } = blob;

    internal Descriptor Descriptor => Blob.Descriptor;

    internal Digest DiffId { get; } = diffId;

    /// <summary>
    /// By what steps above it are cached: the diff id; of files that were copied from this machine or from afar the key of their content, which has no times: those differ from checkout to checkout. It is said before anybody else has the layer.
    /// </summary>
    internal Digest Identity { get; set; } = diffId;

    internal LayerIndex? Index { get; set; }

    /// <summary>Where it is unpacked.</summary>
    internal string? Tree { get; set; }

    /// <summary>Held by whoever reads its index or unpacks it: several layers are read at once, each of them once.</summary>
    internal SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Where it lies, once it was sent; null where it was not.</summary>
    internal Task<ImageReference?> Place { get; init; } = Task.FromResult<ImageReference?>(null);

    /// <summary>The blob on disk, once it is there.</summary>
    internal FileBlob? File { get; set; }
}
