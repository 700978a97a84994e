// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;
using Kiln.Planning.Sources;
using Kiln.Planning.Steps;

namespace Kiln.Planning;

/// <summary>One stage, decided.</summary>
public sealed record StagePlan
{
    /// <summary>Its place in the file, by which others name it.</summary>
    public required int Index { get; init; }

    /// <summary>For people: its name, or `stage-N`.</summary>
    public required string Name { get; init; }

    public required SourceReference Base { get; init; }

    /// <summary>`FROM` and what is behind it, for people.</summary>
    public required string Title { get; init; }

    public required ImmutableArray<BuildStep> Steps { get; init; }

    /// <summary>
    /// The configuration of the stage's image, complete but for what only the build can tell: the layers and the times. The history holds the
    /// base's entries; the steps' own come on top.
    /// </summary>
    public required ImageConfig Config { get; init; }

    public required Diagnostics.SourceSpan FromSpan { get; init; }
}
