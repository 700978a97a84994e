// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds.Objects;

namespace Kiln.Build.Fetching;

/// <summary>A tar archive in a cloud's object store.</summary>
public sealed record ObjectLocation(ICloudObject Object) : ContextLocation
{
    public override string Name => Object.ToString()!;
}
