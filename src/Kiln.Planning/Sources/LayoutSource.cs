// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Planning.Sources;

/// <summary>An image of an OCI image layout on disk, for some platform.</summary>
/// <param name="Directory">Where the layout is.</param>
/// <param name="Image">A tag, a whole name or a digest; null for the only image that is there.</param>
public sealed record LayoutSource(string Directory, string? Image, Platform Platform) : SourceReference
{
    internal const string Scheme = "oci-layout://";

    public override Platform? ImagePlatform => Platform;

    /// <summary>The Dockerfile names it: it lies in the build context, and nowhere else on the machine.</summary>
    public bool InContext { get; init; }

    /// <summary>`PATH[:tag][@digest]`. The digest decides where both are there.</summary>
    public static LayoutSource Parse(string text, Platform platform)
    {
        int at = text.LastIndexOf('@');
        string path = at < 0 ? text : text[..at];
        string? digest = at < 0 ? null : text[(at + 1)..];
        int colon = path.LastIndexOf(':');
        // A colon in a directory's name is none of a tag.
        string? tag = colon > path.LastIndexOf('/') ? path[(colon + 1)..] : null;
        return new LayoutSource(tag is null ? path : path[..colon], digest ?? tag, platform);
    }
}
