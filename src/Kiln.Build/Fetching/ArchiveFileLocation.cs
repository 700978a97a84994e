// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Fetching;

/// <summary>A tar archive on this machine.</summary>
/// <param name="Path">From the root.</param>
public sealed record ArchiveFileLocation(string Path) : ContextLocation
{
    public override string Name => Path;
}
