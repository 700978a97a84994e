// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>Where a cache is, as flags name it: a closed set.</summary>
public abstract record CachePlace
{
    private protected CachePlace(string name) => Name = name;

    /// <summary>As people wrote it.</summary>
    public string Name { get; }

    /// <summary>The same for two that are one place, however they were written.</summary>
    public abstract string Identity { get; }
}
