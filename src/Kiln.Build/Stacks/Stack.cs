// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Text;
using Kiln.Oci;

namespace Kiln.Build.Stacks;

/// <summary>Layers, lowest first. A step is a function from a stack to one more layer.</summary>
internal sealed record Stack(ImmutableArray<StackLayer> Layers)
{
    internal static Stack Empty { get; } = new([]);

    /// <summary>
    /// What steps on it are cached by: the chain id (OCI image specification, config.md, "Layer ChainID") of what the layers are known by, <see cref="StackLayer.Identity"/>. Null for no layer at all.
    /// </summary>
    internal Digest? Identity => Layers.Aggregate((Digest?)null, (below, layer) => ChainId(below, layer.Identity));

    /// <summary>What a stack becomes by one more layer.</summary>
    internal static Digest ChainId(Digest? below, Digest layer) => below is { } chain ? Digest.Sha256(Encoding.ASCII.GetBytes($"{chain} {layer}")) : layer;

    internal Stack Push(StackLayer layer) => new(Layers.Add(layer));
}
