// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Layers.Blobs;

/// <summary>How the bytes of a layer or an archive are packed.</summary>
public enum ArchiveCompression
{
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}
