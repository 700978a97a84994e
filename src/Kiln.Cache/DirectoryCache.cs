// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>A directory of our own, as `--cache-dir` has one.</summary>
public sealed record DirectoryCache(string Name, string Path) : CachePlace(Name)
{
    public override string Identity => Path;
}
