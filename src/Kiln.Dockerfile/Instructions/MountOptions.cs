// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Dockerfile.Instructions;

/// <summary>
/// A `--mount` whose values are expanded. Texts are null where they were not given; defaults that depend on other settings (the
/// target of a secret, the id of a cache) are the plan's business.
/// </summary>
public sealed record MountOptions
{
    public MountType Type { get; init; }

    public string? From { get; init; }

    public string? Source { get; init; }

    /// <summary>As written: relative to the working directory.</summary>
    public string? Target { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>The id of a cache, secret or agent.</summary>
    public string? Id { get; init; }

    public CacheSharing Sharing { get; init; }

    /// <summary>The limit of a tmpfs in bytes; null for none.</summary>
    public long? Size { get; init; }

    /// <summary>Whether a secret or agent has to be there.</summary>
    public bool Required { get; init; }

    public uint? Mode { get; init; }

    public uint? UserId { get; init; }

    public uint? GroupId { get; init; }

    /// <summary>The variable that holds a secret.</summary>
    public string? Environment { get; init; }
}
