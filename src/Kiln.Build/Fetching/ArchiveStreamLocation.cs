// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Build.Fetching;

/// <summary>A tar archive that somebody sends: the standard input. It can be read once.</summary>
/// <param name="Open">Opens it.</param>
public sealed record ArchiveStreamLocation(Func<Stream> Open) : ContextLocation
{
    public override string Name => "standard input";
}
