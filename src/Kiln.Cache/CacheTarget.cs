// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>A store that a build writes to.</summary>
/// <param name="Store">The store.</param>
/// <param name="Mode">Which steps it keeps.</param>
public sealed record CacheTarget(ICacheStore Store, CacheMode Mode);
