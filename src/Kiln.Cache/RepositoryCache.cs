// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>A repository of a registry, with a tag for each entry.</summary>
public sealed record RepositoryCache(string Name, ImageReference Repository) : CachePlace(Name)
{
    public override string Identity => Repository.Name;
}
