// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>The images of a layout or an archive, of which one is chosen by a tag, a whole name or a digest.</summary>
public sealed class StoredImages
{
    private const int MostNames = 10;

    private readonly string _place;
    private readonly Func<Digest, CancellationToken, Task<LocatedImage?>> _search;

    /// <param name="place">For messages.</param>
    /// <param name="all">The images that have an entry of their own.</param>
    /// <param name="search">Looks for a digest in the indexes among them.</param>
    internal StoredImages(string place, IReadOnlyList<StoredImage> all, Func<Digest, CancellationToken, Task<LocatedImage?>> search) =>
        (_place, All, _search) = (place, all, search);

    public IReadOnlyList<StoredImage> All { get; }

    /// <summary>The image of a name; without one the only one that there is.</summary>
    public async Task<LocatedImage> FindAsync(string? name, CancellationToken cancellationToken)
    {
        StoredImage[] found = name is null ? [.. All] : [.. All.Where(image => image.IsNamed(name))];
        if (found is [var only])
            return await only.OpenAsync(cancellationToken) with { Names = only.Names };
        if (found.Length > 1)
            throw DiagnosticRules.ImageNotStored.Error(
                name is null ? $"`{_place}` holds {All.Count} images, and none was named" : $"`{_place}` holds {found.Length} images named `{name}`", hint: Hint(found));
        if (name is not null && Digest.TryParse(name, out Digest digest) && await _search(digest, cancellationToken) is { } nested)
            return nested;
        throw DiagnosticRules.ImageNotStored.Error(name is null ? $"`{_place}` holds no image" : $"`{_place}` holds no image named `{name}`", hint: Hint(All));
    }

    /// <summary>Whole names where there are some, for they hold the tags.</summary>
    private static IEnumerable<string> Telling(StoredImage image)
    {
        IEnumerable<string> whole = image.Names.Where(name => name.Contains('/'));
        return whole.Any() ? whole : image.Names.Count > 0 ? image.Names : new[] { image.Digest?.ToString() }.OfType<string>();
    }

    private static string? Hint(IReadOnlyList<StoredImage> images)
    {
        string[] names = [.. images.SelectMany(Telling).Distinct()];
        string more = names.Length > MostNames ? $" and {names.Length - MostNames} more" : "";
        return names.Length == 0 ? null : $"it has {string.Join(", ", names.Take(MostNames).Select(name => $"`{name}`"))}{more}";
    }
}
