// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>What is known of a layer once its last byte is written: the digest of the plain tar, the digest and the size of the blob.</summary>
public sealed record LayerSummary(Digest DiffId, Digest Digest, long Size);
