// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache.Media;
using Kiln.Cache.Upkeep;
using Kiln.Registry;
using Kiln.Store.Buckets;

namespace Kiln.Cache;

/// <summary>Opens stores where flags say that they are. It owns what they hold open.</summary>
/// <param name="options">What their entries are held against.</param>
/// <param name="registry">The way to registries.</param>
/// <param name="time">The clock.</param>
/// <param name="warn">Told what cannot be used; called from several threads.</param>
public sealed class CacheMedia(CacheOptions options, RegistryClient registry, TimeProvider time, Action<string> warn) : IDisposable
{
    private readonly List<IDisposable> _open = [];

    /// <summary>The way to a bucket, which is ended with this.</summary>
    public Func<BucketCache, BucketClient> Buckets { get; init; } = _ => throw new InvalidOperationException("buckets are not reached from here");

    public ICacheStore Open(CachePlace place) => new EntryStore(OpenMedium(place), options, time, warn);

    /// <summary>For looking after what is kept there.</summary>
    public CacheUpkeep OpenUpkeep(CachePlace place) => new(OpenMedium(place), time);

    public void Dispose() => _open.ForEach(open => open.Dispose());

    internal ICacheMedium OpenMedium(CachePlace place)
    {
        ICacheMedium medium = place switch
        {
            DirectoryCache directory => new DirectoryMedium(directory.Name, directory.Path, time),
            LayoutCache layout => new LayoutMedium(layout.Name, layout.Path, time),
            RepositoryCache repository => new RepositoryMedium(repository.Name, repository.Repository, registry, time),
            ScopeCache scope => new ScopeMedium(scope.Name, scope.Tag, registry, time),
            BucketCache bucket => new BucketMedium(bucket, Buckets(bucket), time),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (medium is IDisposable held)
            _open.Add(held);
        return medium;
    }
}
