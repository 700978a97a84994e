// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Cache.Upkeep;

/// <summary>What was removed, or would be.</summary>
/// <param name="Removed">The entries.</param>
/// <param name="Kept">How many entries stay.</param>
/// <param name="FreedBytes">Of layers that no entry names any more; in registries they go when those clean up.</param>
public sealed record PruneSummary(ImmutableArray<CachedItem> Removed, int Kept, long FreedBytes);
