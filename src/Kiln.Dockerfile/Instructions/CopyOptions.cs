// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>The flags that `COPY` and `ADD` share.</summary>
/// <param name="Chown">Expanded later; null where it is missing, and so with the others.</param>
/// <param name="Excludes">Patterns, which are never expanded.</param>
public sealed record CopyOptions(string? Chown, string? Chmod, bool Link, IReadOnlyList<string> Excludes);
