// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Kiln.Build.Stacks;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Steps;
using Kiln.Sandbox.Mounts;

namespace Kiln.Build.Steps;

/// <summary>
/// Finds or makes the directory of a cache mount and takes its lock. A cache is a directory named for its identity: `content` in it is what steps see, `lock` is held by whoever uses
/// it, `make.lock` while it is made. What lies in `making` is half a cache that somebody died over; where sources are lent, `lent` says to whom (<see cref="CacheLoan"/>).
/// </summary>
/// <param name="depot">By which ids are represented.</param>
/// <param name="sources">Where the contents of new caches come from.</param>
/// <param name="layout">Which writes them.</param>
/// <param name="work">Which has the caches.</param>
/// <param name="lent">Whether a step takes the content away for its time, so that only one can have it.</param>
/// <param name="time">For waiting.</param>
internal sealed class CachePreparation(LayerDepot depot, SourceCatalog sources, SourceLayout layout, WorkDirectory work, bool lent, TimeProvider time)
{
    private const string Making = "making";

    /// <summary>The lock of who makes a cache or fetches it home.</summary>
    internal const string MakeLock = "make.lock";

    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(50);

    /// <summary>All caches of one step. Locks are waited for in the order of their names: two steps that want the same two never wait for each other.</summary>
    internal async Task<IReadOnlyDictionary<StepMount, BindMount>> PrepareAsync(
        IEnumerable<StepMount> mounts, PreparedMounts prepared, CancellationToken cancellationToken)
    {
        var named = new List<(string Name, StepMount Mount)>();
        foreach (StepMount mount in mounts)
            named.Add((await NameAsync(mount, cancellationToken), mount));
        var binds = new Dictionary<StepMount, BindMount>();
        foreach (IGrouping<string, (string Name, StepMount Mount)> cache in named.GroupBy(n => n.Name).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            string directory = await TakeAsync(work.Cache(cache.Key), [.. cache.Select(c => c.Mount)], prepared, cancellationToken);
            foreach ((_, StepMount mount) in cache)
                binds[mount] = new BindMount
                {
                    Target = UnixPath.Clean(mount.Target!),
                    Source = Path.Combine(directory, CacheLoan.Content),
                    Access = mount.ReadOnly ? BindAccess.ReadOnly : BindAccess.ReadWrite,
                };
        }
        return binds;
    }

    /// <summary>The same id over another source is another cache.</summary>
    private async Task<string> NameAsync(StepMount mount, CancellationToken cancellationToken)
    {
        string identity = mount.From is null ? mount.Id : $"{mount.Id}\0{await sources.IdentifyAsync(mount.From, mount.Span, cancellationToken)}\0{mount.Source}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
    }

    /// <summary>The directory to use; a second user of a private cache gets one of its own, gone after the step.</summary>
    private async Task<string> TakeAsync(string directory, IReadOnlyList<StepMount> mounts, PreparedMounts prepared, CancellationToken cancellationToken)
    {
        string lockPath = Path.Combine(directory, "lock");
        bool isLocked = mounts.Any(mount => mount.Sharing == CacheSharing.Locked);
        if (!isLocked && mounts.Any(mount => mount.Sharing == CacheSharing.Private))
        {
            if (FileLock.TryTake(lockPath) is { } held)
                prepared.Own(held);
            else
                directory = prepared.OwnTree(depot.NewTree());
        }
        else
        {
            prepared.Own(await WaitAsync(() => isLocked || lent ? FileLock.TryTake(lockPath) : FileLock.TryShare(lockPath), cancellationToken));
        }
        using FileLock making = await WaitAsync(() => FileLock.TryTake(Path.Combine(directory, MakeLock)), cancellationToken);
        CacheLoan.End(directory, work.Builds);
        if (!Directory.Exists(Path.Combine(directory, CacheLoan.Content)))
            await MakeAsync(directory, mounts[0], cancellationToken);
        else if (depot.TreeOptions.Owners.Inodes is { } records)
            CacheRecords.Load(directory, records);
        if (lent)
            prepared.Own(CacheLoan.Begin(directory, work.Builds, work.Name, depot.TreeOptions.Owners.Inodes));
        return directory;
    }

    /// <summary>Mode and owner count where an empty cache is made; one that is there keeps its own, and one with a source has the source's.</summary>
    private async Task MakeAsync(string directory, StepMount mount, CancellationToken cancellationToken)
    {
        using DirectoryHandle handle = DirectoryHandle.Open(directory);
        byte[] name = Encoding.ASCII.GetBytes(Making);
        OwnerMap owners = depot.TreeOptions.Owners;
        handle.RemoveTree(name, owners.Inodes);
        handle.MakeDirectory(name, 0x1C0);
        owners.Give(handle, name, new InodeRecord(FileType.Directory, mount.Mode & 0xFFF, mount.Uid, mount.Gid));
        string path = Path.Combine(directory, Making);
        if (mount.From is not null && await layout.WriteAsync(mount, path, cancellationToken) != path)
            throw DiagnosticRules.InvalidMountTarget.Error($"the source `{mount.Source}` of a cache mount is a file", mount.Span, "name a directory");
        handle.Move(name, handle, Encoding.ASCII.GetBytes(CacheLoan.Content));
    }

    private async Task<FileLock> WaitAsync(Func<FileLock?> tryTake, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (tryTake() is { } held)
                return held;
            await Task.Delay(BetweenTries, time, cancellationToken);
        }
    }
}
