// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cli.Flags;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>Turns the flags about caches into places and options.</summary>
/// <param name="arguments">As typed.</param>
/// <param name="root">The root directory: a cache directory below it ends with this machine.</param>
internal sealed class CacheArguments(BuildArguments arguments, string root)
{
    private readonly string _directory = CacheDirectory.Find(arguments.CacheDirectory, root);

    /// <summary>What entries are held against.</summary>
    internal CacheOptions Options => new()
    {
        CopyLayers = arguments.CacheCopyLayers,
        RunLayers = arguments.CacheRunLayers,
        TimeToLive = ReadTimeToLive(arguments),
        VerifiesLayers = arguments.CacheVerify,
    };

    /// <summary>`--cache-ttl`, of steps and of images.</summary>
    internal static TimeSpan ReadTimeToLive(BuildArguments arguments) => RequestFactory.ReadDuration(arguments.CacheTimeToLive, "--cache-ttl") ?? TimeSpan.MaxValue;

    /// <summary>The stores of a build; null where nothing is cached. A place that is both read and written is one store.</summary>
    internal CacheStores? Open(CacheMedia media)
    {
        CachePlace[] own = arguments.Cache ? [.. Places()] : [];
        CachePlace[] from = [.. arguments.CacheFrom.Select(CacheSpecification.ParseFrom)];
        (CachePlace Place, CacheMode Mode, bool IsRequired)[] to = [.. arguments.CacheTo.Where(text => !CacheSpecification.IsInline(text)).Select(CacheSpecification.ParseTo)];
        bool isInline = arguments.CacheTo.Any(CacheSpecification.IsInline);
        if (own.Length + from.Length + to.Length == 0 && !isInline)
            return null;
        var stores = new Dictionary<string, ICacheStore>();
        ICacheStore[] sources = [.. own.Concat(from).Select(Store)];
        CacheTarget[] targets =
        [
            .. own.Select(place => new CacheTarget(Store(place), CacheMode.Max)),
            .. to.Select(target => new CacheTarget(Store(target.Place), target.Mode) { TakesHits = true, IsRequired = target.IsRequired }),
        ];
        return new CacheStores(Options, arguments.NoCache ? [] : sources, arguments.NoPushCache ? [] : targets) { IsInline = isInline && !arguments.NoPushCache };

        ICacheStore Store(CachePlace place) => stores.TryGetValue(place.Identity, out ICacheStore? known) ? known : stores[place.Identity] = media.Open(place);
    }

    /// <summary>
    /// The directory counts where it was meant to be one: named, or mounted at its usual place; and where there is nothing else. A layer is not copied to a disk that
    /// goes with the pod when a registry keeps it.
    /// </summary>
    private IEnumerable<CachePlace> Places()
    {
        CachePlace? repository = arguments.CacheRepository is { Length: > 0 } named ? CachePlaces.ParseRepository(named, "--cache-repo")
            : arguments.Destinations is [var destination, ..] ? CachePlaces.Below(ImageReference.Parse(destination))
            : null;
        if (repository is null || arguments.CacheDirectory is { Length: > 0 } || !IsBelow(root, _directory))
            yield return CachePlaces.OfDirectory(_directory);
        if (repository is not null)
            yield return repository;
    }

    private static bool IsBelow(string directory, string path) => path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);
}
