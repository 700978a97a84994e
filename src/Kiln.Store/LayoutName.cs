// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>A name in the index of a layout.</summary>
/// <param name="Tag">What most programs look for.</param>
/// <param name="Image">The whole name; null where a tag is all that is known.</param>
public sealed record LayoutName(string Tag, ImageReference? Image)
{
    public static LayoutName Of(ImageReference image) => new(image.Tag ?? ImageReference.DefaultTag, image);

    /// <summary>The entries of one image: one for each name, or the one that has none.</summary>
    internal static IEnumerable<Descriptor> EntriesOf(Descriptor image, IReadOnlyList<LayoutName> names)
    {
        Descriptor bare = image with { Annotations = StringMap.Empty };
        return names.Count == 0 ? [bare] : names.Select(name => bare with { Annotations = name.Annotations });
    }

    /// <summary>
    /// Whether an entry takes the place of an older one: both have the same whole name, or the same tag and one of them no more than that.
    /// </summary>
    internal static bool Replaces(Descriptor added, Descriptor old)
    {
        string? tag = added.Annotations.GetValueOrDefault(OciLayout.RefName), oldTag = old.Annotations.GetValueOrDefault(OciLayout.RefName);
        string? image = added.Annotations.GetValueOrDefault(OciLayout.ImageName), oldImage = old.Annotations.GetValueOrDefault(OciLayout.ImageName);
        return image is not null && oldImage is not null ? image == oldImage : tag == oldTag && (tag is not null || image == oldImage);
    }

    private System.Collections.Immutable.ImmutableSortedDictionary<string, string> Annotations
    {
        get
        {
            var tagged = StringMap.Empty.Add(OciLayout.RefName, Tag);
            return Image is null ? tagged : tagged.Add(OciLayout.ImageName, Image.ToString());
        }
    }
}
