// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>
/// Where an entry of a layer ended up in a stack. For a whiteout or an opaque marker the node is what was or is there; null where there is
/// nothing (for a hard link: its target is missing).
/// </summary>
/// <param name="Kind">What the entry means.</param>
/// <param name="Path">Which path it means.</param>
/// <param name="Node">What is there.</param>
/// <param name="Link">For a hard link, where the file was found under its other name.</param>
internal readonly record struct Placement(LayerPathKind Kind, UnixPath Path, StackNode? Node, LinkSource? Link = null);
