// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>BuildKit's `mode=`: whose layers are kept.</summary>
public enum CacheMode
{
    /// <summary>Of the image's own steps.</summary>
    Min,

    /// <summary>Of all steps.</summary>
    Max,
}
