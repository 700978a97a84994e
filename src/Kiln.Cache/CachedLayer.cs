// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>The layer that a step made: its blob as the store holds it, and the hash of what is in it.</summary>
public sealed record CachedLayer(Descriptor Descriptor, Digest DiffId);
