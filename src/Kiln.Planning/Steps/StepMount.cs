// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Planning.Sources;

namespace Kiln.Planning.Steps;

/// <summary>A mount of a `RUN`, its defaults filled in.</summary>
public sealed record StepMount
{
    public required MountType Type { get; init; }

    /// <summary>Absolute. Null for a secret that is a variable only.</summary>
    public required string? Target { get; init; }

    /// <summary>For a bind: where the files are. For a cache: what it holds at first; null for nothing.</summary>
    public SourceReference? From { get; init; }

    /// <summary>The path in <see cref="From"/>.</summary>
    public string Source { get; init; } = "/";

    public bool ReadOnly { get; init; }

    /// <summary>Of a cache, secret or agent.</summary>
    public string Id { get; init; } = "";

    public CacheSharing Sharing { get; init; }

    /// <summary>Of a tmpfs, in bytes.</summary>
    public long? Size { get; init; }

    public bool Required { get; init; }

    public int Mode { get; init; }

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>The variable that a secret is given in.</summary>
    public string? Variable { get; init; }

    public required SourceSpan Span { get; init; }
}
