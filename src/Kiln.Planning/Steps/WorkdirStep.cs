// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Steps;

/// <summary>Makes the working directory where it is missing.</summary>
public sealed record WorkdirStep : BuildStep
{
    /// <summary>Absolute, otherwise as written.</summary>
    public required string Path { get; init; }

    /// <summary>`USER` as it stands here: the owner of what is made. Empty for root.</summary>
    public required string User { get; init; }
}
