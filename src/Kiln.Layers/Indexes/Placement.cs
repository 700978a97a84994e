// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux;

namespace Kiln.Layers.Indexes;

/// <summary>
/// Where an entry of a layer ended up in a stack. For a whiteout or an opaque marker the node is what was or is there; null where there is
/// nothing (for a hard link: its target is missing).
/// </summary>
internal readonly record struct Placement(LayerPathKind Kind, UnixPath Path, StackNode? Node);
