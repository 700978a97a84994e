// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Indexes;

/// <summary>What a path in a layer's archive stands for.</summary>
public enum LayerPathKind
{
    Entry,
    Whiteout,
    Opaque,

    /// <summary>Reserved by aufs, of no meaning here.</summary>
    Ignored,
}
