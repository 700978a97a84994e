// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;

namespace Kiln.Planning.Steps;

/// <summary>`COPY` or `ADD` of files.</summary>
public sealed record CopyStep : BuildStep
{
    /// <summary>In the order in which they are copied.</summary>
    public required ImmutableArray<CopySource> Sources { get; init; }

    /// <summary>Heredocs, which come after the sources: name and text.</summary>
    public ImmutableArray<(string Name, string Content)> Heredocs { get; init; } = [];

    /// <summary>Absolute; a slash at its end says that it is a directory.</summary>
    public required string Destination { get; init; }

    public string? Chown { get; init; }

    /// <summary>Where that is written.</summary>
    public SourceSpan ChownSpan { get; init; }

    /// <summary>Who owns what is copied where <see cref="Chown"/> says nothing, but for what comes out of an archive; null for whoever owned the source.</summary>
    public string? UnlessChown { get; init; }

    public string? Chmod { get; init; }

    /// <inheritdoc cref="ChownSpan"/>
    public SourceSpan ChmodSpan { get; init; }

    public ImmutableArray<string> Excludes { get; init; } = [];

    public bool Link { get; init; }

    public bool Parents { get; init; }
}
