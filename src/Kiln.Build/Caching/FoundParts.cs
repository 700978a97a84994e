// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Caching;

/// <summary>What a step reads, or why that could not be found out.</summary>
internal sealed record FoundParts(IReadOnlyList<FilePart> Parts, string? Obstacle);
