// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Warming;
using Kiln.Cache;
using Kiln.Layers.Trees;
using Kiln.Registry;
using Kiln.Sandbox;

namespace Kiln.Build;

/// <summary>What a build needs of the world, made once where the program is put together. Their owner ends them.</summary>
/// <param name="Registry">Images come from it and go to it.</param>
/// <param name="Remotes">Fetches what is no image.</param>
/// <param name="Work">Where everything is written meanwhile.</param>
/// <param name="CacheDirectory">What outlives a build and is shared by builds: the indexes of layers.</param>
/// <param name="Isolation">Finds out how `RUN` can be isolated.</param>
/// <param name="Owners">Which owners can be put on disk, unless the rung keeps records of them.</param>
/// <param name="Time">The clock.</param>
/// <param name="Report">Where events go; called from several threads.</param>
public sealed record BuildServices(
    RegistryClient Registry,
    RemoteAccess Remotes,
    WorkDirectory Work,
    string CacheDirectory,
    IsolationLadder Isolation,
    OwnerMap Owners,
    TimeProvider Time,
    Action<BuildEvent> Report)
{
    /// <summary>Results of earlier builds; null where nothing is cached.</summary>
    public CacheStores? Cache { get; init; }

    /// <summary>Opens the program's standard output, for outputs that go there.</summary>
    public Func<Stream> StandardOutput { get; init; } = () => Stream.Null;

    /// <summary>Base images that were put on disk before; null where they are not looked for.</summary>
    public WarmedImages? Warmed { get; init; }
}
