// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Expansion;

/// <summary>The value of a variable; null where it is not set. On Windows the lookup ignores case.</summary>
public delegate string? VariableLookup(string name);
