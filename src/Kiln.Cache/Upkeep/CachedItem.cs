// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache.Upkeep;

/// <summary>An entry, for people.</summary>
/// <param name="Key">Its key, or its name where it is broken.</param>
/// <param name="Title">The instruction; null where it is broken.</param>
/// <param name="Bytes">Of its layer.</param>
/// <param name="Saved">Null where it is broken.</param>
/// <param name="LastUsed">As far as the store keeps that, else when it was saved.</param>
/// <param name="Flaw">What is wrong with it; null where nothing is.</param>
public sealed record CachedItem(string Key, string? Title, long Bytes, DateTimeOffset? Saved, DateTimeOffset LastUsed, string? Flaw);
