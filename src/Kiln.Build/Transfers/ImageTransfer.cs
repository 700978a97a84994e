// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Transfers;

/// <summary>
/// Moves images between registries, layouts and archives, byte for byte: a manifest arrives as it was. Only an image that has none, from an older `docker save`, gets one
/// on the way. From registry to registry nothing touches the disk.
/// </summary>
public sealed class ImageTransfer(TransferServices services)
{
    private readonly ImageSources _sources = new(services);

    /// <summary>Moves one image, or an index with all its images.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="platform">Of an index only the image for this platform; null for all of it.</param>
    /// <param name="destinations">Where to: files first, then registries.</param>
    /// <param name="cancellationToken">Ends it; no destination has got half of an image.</param>
    public async Task<Digest> MoveAsync(
        ImagePlace source, PlatformChoice? platform, IReadOnlyList<ImagePlace> destinations, CancellationToken cancellationToken)
    {
        services.Report(new Progress($"reading {source}"));
        await CheckAsync(destinations, cancellationToken);
        LocatedImage image = await _sources.OpenAsync(source, cancellationToken);
        if (platform is not null)
            image = await SelectAsync(image, platform, cancellationToken);
        return await WriteAsync(image, destinations, cancellationToken);
    }

    /// <summary>Moves every image of a layout or an archive under each of its names.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="platform">As of <see cref="MoveAsync"/>.</param>
    /// <param name="repository">Gets all tags; null for the names that the images have.</param>
    /// <param name="cancellationToken">Ends it between two images.</param>
    public async Task<IReadOnlyList<Digest>> MoveAllAsync(
        ImagePlace source, PlatformChoice? platform, ImageReference? repository, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredImage> images = (await _sources.ListAsync(source, cancellationToken)).All;
        (StoredImage Image, ImageReference[] Names)[] named = [.. images.Select(image => (image, Rename(image, repository)))];
        if (named.FirstOrDefault(each => each.Names.Length == 0).Image is { } nameless)
            throw DiagnosticRules.ImageNotStored.Error(
                $"`{source}` holds an image{(nameless.Digest is { } digest ? $" `{digest}`" : "")} that has no name{(repository is null && nameless.Names.Count > 0 ? $" with a repository, only `{nameless.Names[0]}`" : "")}",
                hint: "push it by itself, to a name that you give");
        if (named.SelectMany(each => each.Names).GroupBy(name => name.ToString()).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw DiagnosticRules.ImageNotStored.Error($"`{source}` holds two images that would be `{twice.Key}`", hint: "push each by itself, as `PATH:NAME`");
        if (named.Length == 0)
            throw DiagnosticRules.ImageNotStored.Error($"`{source}` holds no image");
        await CheckAsync(named.SelectMany(each => each.Names).Select(name => new RegistryPlace(name)), cancellationToken);
        var digests = new List<Digest>();
        foreach ((StoredImage stored, ImageReference[] names) in named)
        {
            LocatedImage image = await stored.OpenAsync(cancellationToken);
            if (platform is not null)
                image = await SelectAsync(image, platform, cancellationToken);
            digests.Add(await WriteAsync(image, [.. names.Select(name => new RegistryPlace(name))], cancellationToken));
        }
        return digests;
    }

    /// <summary>Makes an index of images and moves it, and them, to a place.</summary>
    public async Task<Digest> CreateIndexAsync(
        IReadOnlyList<IndexMember> members, ImmutableSortedDictionary<string, string> annotations, ImagePlace destination, CancellationToken cancellationToken)
    {
        await CheckAsync([destination], cancellationToken);
        var assembly = new IndexAssembly();
        foreach (IndexMember member in members)
        {
            services.Report(new Progress($"reading {member.Place}"));
            LocatedImage image = await _sources.OpenAsync(member.Place, cancellationToken);
            await assembly.AddAsync(await new LayerPacking(services).PackAsync(image, cancellationToken), member.Platform, cancellationToken);
        }
        ImageTree tree = assembly.Complete(annotations);
        if (destination is RegistryPlace registry)
            await new RegistryDestinations(services).WriteAsync(tree, [registry.Reference], cancellationToken);
        else
            await new FileDestinations(services).WriteAsync(new LocatedImage(destination.ToString()!, tree.Root, new TreeContent(tree)), tree, destination, cancellationToken);
        return tree.Root.Digest;
    }

    /// <summary>The document of an image, for people: its manifest or index, or its configuration.</summary>
    public async Task<RawDocument> InspectAsync(ImagePlace source, PlatformChoice? platform, bool config, CancellationToken cancellationToken)
    {
        LocatedImage image = await _sources.OpenAsync(source, cancellationToken);
        if (platform is not null || config)
            image = await SelectAsync(image, platform ?? new PlatformChoice(services.Platform, IsRequired: false), cancellationToken);
        return config ? (await image.ReadImageAsync(cancellationToken)).Config : image.Root;
    }

    private Task CheckAsync(IEnumerable<ImagePlace> destinations, CancellationToken cancellationToken) =>
        new RegistryDestinations(services).CheckAsync(destinations.OfType<RegistryPlace>().Select(place => place.Reference), cancellationToken);

    private async Task<Digest> WriteAsync(LocatedImage source, IReadOnlyList<ImagePlace> destinations, CancellationToken cancellationToken)
    {
        LocatedImage image = source;
        if (source.IsAssembled)
        {
            services.Report(new Notice(NoticeLevel.Info, $"{source.Place} has no manifest: one is made of its configuration and layers"));
            if (destinations.Any(destination => destination is not ArchivePlace))
                image = await new LayerPacking(services).PackAsync(source, cancellationToken);
        }
        ImageTree tree = await ImageTree.ReadAsync(image, cancellationToken);
        foreach (ImagePlace destination in destinations.Where(destination => destination is not RegistryPlace))
            await new FileDestinations(services).WriteAsync(image, tree, destination, cancellationToken);
        ImageReference[] registries = [.. destinations.OfType<RegistryPlace>().Select(place => place.Reference)];
        await new RegistryDestinations(services).WriteAsync(tree, registries, cancellationToken);
        return image.Root.Digest;
    }

    /// <summary>The image for a platform.</summary>
    private static async Task<LocatedImage> SelectAsync(LocatedImage image, PlatformChoice choice, CancellationToken cancellationToken)
    {
        Platform platform = choice.Platform;
        if (image.Root.MediaType.IsIndex)
            return await image.SelectAsync(platform, cancellationToken);
        if (!choice.IsRequired)
            return image;
        Platform built = ImageConfig.Parse((await image.ReadImageAsync(cancellationToken)).Config).Platform;
        return platform.Rank(built) is not null
            ? image
            : throw DiagnosticRules.PlatformMissing.Error($"`{image.Place}` has no image for `{platform}`", hint: $"it is one image, for `{built}`");
    }

    private static ImageReference[] Rename(StoredImage image, ImageReference? repository)
    {
        ImageReference[] whole = [.. image.Names.Where(name => name.Contains('/')).Select(name => ImageReference.Parse(name))];
        if (repository is null)
            return whole;
        IEnumerable<string> tags = whole.Length > 0 ? whole.Select(name => name.Tag).OfType<string>() : image.Names;
        return [.. tags.Distinct().Select(repository.WithTag)];
    }
}
