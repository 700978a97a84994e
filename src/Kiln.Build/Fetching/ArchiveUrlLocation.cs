// SPDX-License-Identifier: Apache-2.0
using Kiln.Planning.Sources;

namespace Kiln.Build.Fetching;

/// <summary>A tar archive that a web server has.</summary>
/// <param name="Url">User information and query can be secret.</param>
public sealed record ArchiveUrlLocation(string Url) : ContextLocation
{
    public override string Name => RemoteLocation.Redact(Url);
}
