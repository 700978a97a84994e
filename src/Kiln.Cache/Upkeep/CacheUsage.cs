// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache.Upkeep;

/// <summary>What a cache takes.</summary>
/// <param name="Entries">How many there are.</param>
/// <param name="Broken">How many of them nobody can use.</param>
/// <param name="Layers">Each counted once, however many entries share it.</param>
/// <param name="Bytes">Of the layers and of what belongs to entries beside them.</param>
/// <param name="UnwantedBytes">Of what no entry names; nothing in registries, which see to that themselves.</param>
public sealed record CacheUsage(int Entries, int Broken, int Layers, long Bytes, long UnwantedBytes);
