// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>Makes one index of several images. What other indexes say of their images is kept; no two images are for one platform.</summary>
internal sealed class IndexAssembly
{
    private readonly List<Descriptor> _entries = [];
    private readonly List<ImageTree> _trees = [];
    private readonly Dictionary<Platform, string> _platforms = [];

    internal async Task AddAsync(LocatedImage image, Platform? platform, CancellationToken cancellationToken)
    {
        if (!image.Root.MediaType.IsIndex)
        {
            await AddImageAsync(image, image.Root.Descriptor with { Platform = platform ?? await PlatformOfAsync(image, cancellationToken) }, cancellationToken);
            return;
        }
        if (platform is not null)
        {
            LocatedImage chosen = await image.SelectAsync(platform, cancellationToken);
            Descriptor? entry = ImageIndex.Parse(image.Root).Manifests.FirstOrDefault(entry => entry.Digest == chosen.Root.Digest);
            await AddImageAsync(chosen, entry ?? chosen.Root.Descriptor with { Platform = platform }, cancellationToken);
            return;
        }
        foreach (Descriptor entry in ImageIndex.Parse(image.Root).Manifests)
            await AddImageAsync(image with { Root = await image.Content.ReadAsync(entry, cancellationToken) }, entry, cancellationToken);
    }

    /// <summary>The index with all that it names. In Docker's words if all images are, and nothing is said that Docker has no words for.</summary>
    internal ImageTree Complete(ImmutableSortedDictionary<string, string> annotations)
    {
        bool isDocker = annotations.IsEmpty && _entries.All(entry => entry.MediaType.IsDocker && entry.Annotations.IsEmpty);
        var index = new ImageIndex
        {
            MediaType = MediaType.Index(isDocker ? ImageFormat.Docker : ImageFormat.Oci),
            Manifests = _entries,
            Annotations = annotations,
        };
        return ImageTree.Join(index.ToDocument(), _trees);
    }

    private async Task AddImageAsync(LocatedImage image, Descriptor entry, CancellationToken cancellationToken)
    {
        // The attestations of images are for no platform.
        if (entry.Platform is { Os: not "unknown" } platform && !_platforms.TryAdd(platform.Normalised(), image.Place))
        {
            string other = _platforms[platform.Normalised()];
            if (_entries.Any(known => known.Digest == entry.Digest))
                return;
            throw DiagnosticRules.InvalidArgument.Error(
                $"`{other}` and `{image.Place}` are both for `{platform}`", hint: "leave one away, or say what it is for: `REF=OS/ARCH[/VARIANT]`");
        }
        _entries.Add(entry);
        _trees.Add(await ImageTree.ReadAsync(image, cancellationToken));
    }

    private static async Task<Platform> PlatformOfAsync(LocatedImage image, CancellationToken cancellationToken)
    {
        Platform platform = ImageConfig.Parse((await image.ReadImageAsync(cancellationToken)).Config).Platform;
        return platform is { Os.Length: > 0, Architecture.Length: > 0 }
            ? platform
            : throw DiagnosticRules.InvalidArgument.Error($"`{image.Place}` does not say what platform it is for", hint: "say it: `REF=OS/ARCH[/VARIANT]`");
    }
}
