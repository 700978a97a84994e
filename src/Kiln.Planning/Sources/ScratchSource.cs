// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>`scratch`: no files at all.</summary>
public sealed record ScratchSource : SourceReference
{
    public static ScratchSource Instance { get; } = new();
}
