// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>What of a build is cached, and for how long it is good.</summary>
public sealed record CacheOptions
{
    /// <summary>`COPY` and `ADD` are looked up and kept.</summary>
    public bool CopyLayers { get; init; }

    /// <summary>`RUN` and `WORKDIR` are looked up and kept.</summary>
    public bool RunLayers { get; init; } = true;

    /// <summary>Counted from the moment in which an entry was saved; an older one is a miss.</summary>
    public TimeSpan TimeToLive { get; init; } = TimeSpan.FromDays(14);

    /// <summary>A layer is read and unpacked before its entry is believed.</summary>
    public bool VerifiesLayers { get; init; }
}
