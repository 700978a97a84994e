// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>The build context.</summary>
public sealed record ContextSource : SourceReference
{
    public static ContextSource Instance { get; } = new();
}
