// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Deltas;

/// <summary>What the metadata of a file tell of whether it is the one of before.</summary>
internal enum Likeness
{
    Changed,

    /// <summary>Its content decides.</summary>
    Doubtful,
    Same,
}
