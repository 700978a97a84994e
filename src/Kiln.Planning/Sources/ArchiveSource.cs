// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Planning.Sources;

/// <summary>An archive that a server has, as a named context: its files.</summary>
public sealed record ArchiveSource(string Url) : SourceReference
{
    public override string ToString() => RemoteLocation.Redact(Url);
}
