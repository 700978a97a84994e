// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Linux;
using Kiln.Linux.Files;

namespace Kiln.Build.Copying;

/// <summary>How one `COPY` or `ADD` copies, all names resolved.</summary>
public sealed record CopySettings
{
    /// <summary>Where to, absolute in the root, before links are followed.</summary>
    public required UnixPath Destination { get; init; }

    /// <summary>The destination was written as a directory: it ends in `/` or `/.`.</summary>
    public required bool DestinationIsDirectory { get; init; }

    /// <summary>`--chown`; without it a file keeps its source's owner.</summary>
    public (uint Uid, uint Gid)? Owner { get; init; }

    /// <summary>Whether what an archive holds keeps the owners that are in it, whatever <see cref="Owner"/> says.</summary>
    public bool ArchivesKeepOwners { get; init; }

    /// <summary>`--chmod`.</summary>
    public ModeChange? Mode { get; init; }

    /// <summary>`--exclude`: what is left out, by the path below the source.</summary>
    public PathPatterns Excludes { get; init; } = PathPatterns.None;

    /// <summary>`ADD`: an archive that a path or pattern means is unpacked.</summary>
    public bool UnpackArchives { get; init; }

    /// <summary>`--link`: the destination as if nothing were there.</summary>
    public bool Link { get; init; }

    /// <summary>Where the instruction stands.</summary>
    public required SourceSpan Span { get; init; }

    /// <summary>The time of directories that are made on the way.</summary>
    public required UnixTime Now { get; init; }
}
