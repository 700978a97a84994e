// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache.Media;

/// <summary>Blobs that no entry names.</summary>
internal sealed record BlobSweep(int Count, long Bytes);
