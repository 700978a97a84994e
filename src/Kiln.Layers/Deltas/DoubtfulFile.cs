// SPDX-License-Identifier: Apache-2.0
using Kiln.Layers.Indexes;
using Kiln.Linux;

namespace Kiln.Layers.Deltas;

/// <summary>A file that has changed if its content has: all else is as it was, and its time in whole seconds may have been set back.</summary>
/// <param name="Path">Where it is in the tree.</param>
/// <param name="Before">What the layers have there.</param>
public readonly record struct DoubtfulFile(UnixPath Path, StackNode Before);
