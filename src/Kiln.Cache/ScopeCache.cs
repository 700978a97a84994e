// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Cache;

/// <summary>One tag of a registry, under which all entries are listed.</summary>
public sealed record ScopeCache(string Name, ImageReference Tag) : CachePlace(Name)
{
    public override string Identity => Tag.ToString();
}
