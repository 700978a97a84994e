// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Planning.Sources;

namespace Kiln.Planning.Steps;

/// <summary>One source of a `COPY` or `ADD`.</summary>
/// <param name="From">Where it is.</param>
/// <param name="Path">A path or pattern in it; the path itself where it is remote.</param>
/// <param name="Span">Where it was written, or the whole instruction where that cannot be told.</param>
public sealed record CopySource(SourceReference From, string Path, SourceSpan Span)
{
    /// <summary>A URL's or a repository's: exactly one path.</summary>
    public bool IsRemote => From is HttpSource or GitSource;

    /// <summary>An archive is unpacked.</summary>
    public bool UnpackArchives { get; init; }
}
