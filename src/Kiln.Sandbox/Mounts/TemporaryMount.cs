// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Mounts;

/// <summary>An empty directory in memory.</summary>
public sealed record TemporaryMount : RunMount
{
    /// <summary>The most it can hold; null: what the kernel allows, half of the memory.</summary>
    public long? Size { get; init; }
}
