// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Fetching;

/// <summary>A directory of this machine, which is used in place.</summary>
/// <param name="Path">From the root.</param>
public sealed record DirectoryLocation(string Path) : ContextLocation
{
    public override string Name => Path;
}
