// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Planning.Steps;

/// <summary>
/// One instruction, decided: all variables are expanded. Every step makes a history entry; <see cref="RunStep"/>, <see cref="CopyStep"/> and
/// <see cref="WorkdirStep"/> make a layer too, <see cref="MetadataStep"/> does not. The kinds are closed.
/// </summary>
public abstract record BuildStep
{
    private protected BuildStep()
    {
    }

    /// <summary>Where it stands. A trigger of the base's stands at its `FROM`.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The instruction as it was written, in one line, for people.</summary>
    public required string Title { get; init; }

    /// <summary>`created_by` of its history entry.</summary>
    public required string CreatedBy { get; init; }
}
