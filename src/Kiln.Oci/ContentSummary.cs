// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Oci;

/// <summary>What a stream of bytes turned out to be.</summary>
public readonly record struct ContentSummary(Digest Digest, long Size);
