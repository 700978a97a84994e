// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Planning.Sources;

/// <summary>A file that a server has, by its URL: what `ADD` downloads. It arrives in a directory of its own, under <see cref="FileName"/>.</summary>
/// <param name="Url">As it was written. User information and query can be secret: messages have <see cref="ToString"/>.</param>
/// <param name="Checksum">What its SHA-256 has to be, if that was said.</param>
public sealed record HttpSource(string Url, Digest? Checksum) : SourceReference
{
    /// <summary>The last part of the URL's path, unescaped; the query has no say.</summary>
    public string FileName => RemoteLocation.FindFileName(Url) ?? "__unnamed__";

    public override string ToString() => RemoteLocation.Redact(Url);
}
