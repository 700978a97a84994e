// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Oci;

namespace Kiln.Build.Outputs;

/// <summary>A place on disk that a build is written to.</summary>
/// <param name="Kind">As what.</param>
/// <param name="Path">The file or directory, absolute; null for the standard output, which no directory can be.</param>
public sealed record FileOutput(FileOutputKind Kind, string? Path)
{
    /// <summary>What the image is called there; null for the destinations.</summary>
    public ImmutableArray<ImageReference>? Names { get; init; }

    /// <summary>Whether it is the image's files, and not the image.</summary>
    public bool IsTree => Kind is FileOutputKind.Directory or FileOutputKind.Tar;

    internal bool IsDirectory => Kind is FileOutputKind.Directory or FileOutputKind.OciLayout;
}
