// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Deltas;

namespace Kiln.Build.Stacks;

/// <summary>All layers of a stack in one directory.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Record">What is in it, where somebody has just looked.</param>
internal sealed record MergedTree(string Path, TreeRecord? Record);
