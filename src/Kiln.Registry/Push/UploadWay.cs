// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Push;

/// <summary>How the bytes of a blob go into an upload.</summary>
internal enum UploadWay
{
    /// <summary>With the request that closes it.</summary>
    Whole,

    /// <summary>With one request before that.</summary>
    Patch,

    /// <summary>With several.</summary>
    Chunks,
}
