// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>What is copied, and where. Paths are copied before heredocs, whatever the order they were written in.</summary>
public sealed record CopySources(IReadOnlyList<string> Paths, IReadOnlyList<HeredocSource> Heredocs, string Destination);
