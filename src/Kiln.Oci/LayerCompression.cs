// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>How a layer's tar is packed in its blob.</summary>
public enum LayerCompression
{
    None,
    Gzip,
    Zstd,
}
