// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Cli.Flags;

namespace Kiln.Cli.Start;

/// <summary>Turns the flags about caches into the stores of a build.</summary>
internal sealed class CacheArguments(BuildArguments arguments, string directory)
{
    /// <summary>Steps have a place of their own in the cache directory, where indexes and base images lie too.</summary>
    private const string Steps = "steps";

    /// <summary>Null where nothing is cached.</summary>
    internal CacheStores? Open(Action<string> warn)
    {
        if (!arguments.Cache)
            return null;
        var options = new CacheOptions
        {
            CopyLayers = arguments.CacheCopyLayers,
            RunLayers = arguments.CacheRunLayers,
            TimeToLive = RequestFactory.ReadDuration(arguments.CacheTimeToLive, "--cache-ttl") ?? TimeSpan.MaxValue,
            VerifiesLayers = arguments.CacheVerify,
        };
        var media = new CacheMedia(options, TimeProvider.System, warn);
        ICacheStore store = media.OpenDirectory(directory, Path.Combine(directory, Steps));
        return new CacheStores(options, [store], arguments.NoPushCache ? [] : [new CacheTarget(store, CacheMode.Max)]);
    }
}
