// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>What an `index.json` says, of a layout in a directory or in an archive.</summary>
internal sealed class LayoutIndex(string place, RawDocument document, IImageContent content)
{
    private readonly ImageIndex _index = ImageIndex.Parse(document);

    internal ImageIndex Index => _index;

    internal StoredImages Images() => new(place, IsOneImage ? [Whole] : [.. Entries()], SearchAsync);

    /// <summary>Several platforms under one name, or under none: the layout's own index is the image's.</summary>
    private bool IsOneImage =>
        _index.Manifests.Count > 1
        && _index.Platforms.Any()
        && _index.Manifests.All(entry => entry.Platform is not null)
        && _index.Platforms.Distinct().Count() == _index.Platforms.Count()
        && _index.Manifests.Select(entry => string.Join(' ', NamesOf(entry))).Distinct().Count() == 1;

    private StoredImage Whole =>
        new([.. NamesOf(_index.Manifests[0])], document.Digest, _ => Task.FromResult(new LocatedImage(place, document, content)));

    private IEnumerable<StoredImage> Entries() => _index.Manifests
        .GroupBy(entry => entry.Digest)
        .Select(same => new StoredImage([.. same.SelectMany(NamesOf).Distinct()], same.Key, async token => await OpenAsync(same.First(), token)));

    private static IEnumerable<string> NamesOf(Descriptor entry) =>
        new[] { entry.Annotations.GetValueOrDefault(OciLayout.ImageName), entry.Annotations.GetValueOrDefault(OciLayout.RefName) }.OfType<string>();

    private async Task<LocatedImage> OpenAsync(Descriptor entry, CancellationToken cancellationToken) =>
        new(place, await content.ReadAsync(entry, cancellationToken), content);

    /// <summary>A manifest that only an index inside names.</summary>
    private async Task<LocatedImage?> SearchAsync(Digest digest, CancellationToken cancellationToken)
    {
        foreach (Descriptor entry in _index.Manifests.Where(entry => entry.MediaType.IsIndex))
        {
            ImageTree tree = await ImageTree.ReadAsync(await OpenAsync(entry, cancellationToken), cancellationToken);
            if (tree.Documents.FirstOrDefault(inner => inner.Digest == digest) is { } found)
                return new LocatedImage(place, found, content);
        }
        return null;
    }
}
