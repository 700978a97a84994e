// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Planning.Sources;

/// <summary>An image of an archive as `docker save` writes it, for some platform.</summary>
/// <param name="File">The archive.</param>
/// <param name="Image">A name or a digest; null for the only image that is there.</param>
public sealed record ImageArchiveSource(string File, string? Image, Platform Platform) : SourceReference
{
    internal const string Scheme = "docker-archive:";

    public override Platform? ImagePlatform => Platform;

    /// <inheritdoc cref="LayoutSource.InContext"/>
    public bool InContext { get; init; }

    /// <summary>`FILE[:name][@digest]`. The digest decides where both are there; a file whose own name has a colon cannot be said.</summary>
    public static ImageArchiveSource Parse(string text, Platform platform)
    {
        string rest = text.StartsWith("//", StringComparison.Ordinal) ? text[2..] : text;
        int at = rest.LastIndexOf('@');
        string? digest = at < 0 ? null : rest[(at + 1)..];
        string path = at < 0 ? rest : rest[..at];
        int colon = path.IndexOf(':');
        string? name = colon < 0 || colon == path.Length - 1 ? null : path[(colon + 1)..];
        return new ImageArchiveSource(colon < 0 ? path : path[..colon], digest ?? name, platform);
    }
}
