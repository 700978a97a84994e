// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Planning.Sources;

namespace Kiln.Planning.Steps;

/// <summary>`COPY` or `ADD` of files.</summary>
public sealed record CopyStep : BuildStep
{
    public required SourceReference From { get; init; }

    /// <summary>Paths and patterns, in the order in which they are copied.</summary>
    public required ImmutableArray<string> Paths { get; init; }

    /// <summary>Heredocs, which come after the paths: name and text.</summary>
    public ImmutableArray<(string Name, string Content)> Heredocs { get; init; } = [];

    /// <summary>Absolute; a slash at its end says that it is a directory.</summary>
    public required string Destination { get; init; }

    public string? Chown { get; init; }

    public string? Chmod { get; init; }

    public ImmutableArray<string> Excludes { get; init; } = [];

    public bool Link { get; init; }

    public bool Parents { get; init; }

    /// <summary>Local archives are unpacked.</summary>
    public bool UnpackArchives { get; init; }
}
