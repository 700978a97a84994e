// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cache;

/// <summary>An OCI image layout, as `oci:DIRECTORY` names one.</summary>
public sealed record LayoutCache(string Name, string Path) : CachePlace(Name)
{
    public override string Identity => "oci:" + Path;
}
