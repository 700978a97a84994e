// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Sandbox.Mounts;

/// <summary>A directory or file of the builder's.</summary>
public sealed record BindMount : RunMount
{
    public required string Source { get; init; }

    public BindAccess Access { get; init; }
}
