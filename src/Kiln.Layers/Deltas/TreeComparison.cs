// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Deltas;

/// <summary>What a step changed in a tree, and what is in the tree now: what the next step is compared with.</summary>
public sealed record TreeComparison(LayerDelta Delta, TreeRecord Now);
