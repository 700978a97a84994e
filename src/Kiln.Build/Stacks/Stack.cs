// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Build.Stacks;

/// <summary>Layers, lowest first. A step is a function from a stack to one more layer.</summary>
internal sealed record Stack(ImmutableArray<StackLayer> Layers)
{
    internal static Stack Empty { get; } = new([]);

    internal Stack Push(StackLayer layer) => new(Layers.Add(layer));
}
