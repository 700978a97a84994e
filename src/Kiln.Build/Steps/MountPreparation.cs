// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Kiln.Build.Copying;
using Kiln.Build.Stacks;
using Kiln.Contexts.Archives;
using Kiln.Diagnostics;
using Kiln.Dockerfile.Instructions;
using Kiln.Layers.Indexes;
using Kiln.Layers.Sources;
using Kiln.Layers.Trees;
using Kiln.Linux;
using Kiln.Linux.Files;
using Kiln.Planning.Steps;
using Kiln.Sandbox.Mounts;

namespace Kiln.Build.Steps;

/// <summary>
/// Turns the mounts of a `RUN` into what the sandbox mounts: sources laid out on disk as `COPY` would copy them, caches with their locks, secrets in memory.
/// </summary>
internal sealed class MountPreparation(BuildRequest request, LayerDepot depot, SourceCatalog sources, WorkDirectory work, TimeProvider time)
{
    private const string CacheFolder = "content";

    internal async Task<PreparedMounts> PrepareAsync(RunStep step, CancellationToken cancellationToken)
    {
        var environment = ImmutableArray.CreateBuilder<string>();
        var locks = ImmutableArray.CreateBuilder<FileLock>();
        var copies = ImmutableArray.CreateBuilder<string>();
        var prepared = ImmutableArray.CreateBuilder<Sandbox.Mounts.RunMount>();
        if (step.Script is { } script)
            prepared.Add(new FileMount { Target = UnixPath.Clean(script.Path), Content = Encoding.UTF8.GetBytes(script.Content), Mode = 0x1ED });
        foreach (StepMount mount in step.Mounts)
        {
            switch (mount.Type)
            {
                case MountType.Bind:
                    prepared.Add(await BindAsync(mount, copies, cancellationToken));
                    break;
                case MountType.Cache:
                    prepared.Add(await CacheAsync(mount, locks, copies, cancellationToken));
                    break;
                case MountType.Tmpfs:
                    prepared.Add(new TemporaryMount { Target = UnixPath.Clean(mount.Target!), Size = mount.Size });
                    break;
                case MountType.Secret:
                    Secret(mount, prepared, environment);
                    break;
                case MountType.Ssh:
                    throw new System.Diagnostics.UnreachableException("the plan refuses ssh mounts");
            }
        }
        return new PreparedMounts(prepared.ToImmutable(), environment.ToImmutable(), locks.ToImmutable(), copies.ToImmutable());
    }

    private void Secret(StepMount mount, ImmutableArray<Sandbox.Mounts.RunMount>.Builder prepared, ImmutableArray<string>.Builder environment)
    {
        if (!request.Secrets.TryGetValue(mount.Id, out BuildSecret? secret))
        {
            if (mount.Required)
                throw DiagnosticRules.SecretMissing.Error($"secret {mount.Id}: not found", mount.Span);
            return;
        }
        if (mount.Variable is { } variable)
            environment.Add($"{variable}={Encoding.UTF8.GetString(secret.Content.Span)}");
        if (mount.Target is { } target)
            prepared.Add(new FileMount { Target = UnixPath.Clean(target), Content = secret.Content, Mode = mount.Mode, Uid = mount.Uid, Gid = mount.Gid });
    }

    private async Task<BindMount> BindAsync(StepMount mount, ImmutableArray<string>.Builder copies, CancellationToken cancellationToken)
    {
        using SourceLease source = await sources.OpenAsync(mount.From!, mount.Span, cancellationToken);
        ISourceTree tree = source.Tree;
        UnixPath path = UnixPath.Clean(mount.Source);
        string directory = work.NewTree();
        copies.Add(directory);
        var entry = SourcePattern.FindFollowed(tree, path) ?? throw SourcePattern.NotFound(mount.Source);
        // A file keeps its name: it is copied into the directory, and its own path is what is mounted.
        var operation = new CopyOperation(new StackView(), Options(mount), new ArchiveSpool(work.Scratch));
        operation.CopyNamed(tree, path, unpackArchive: false, cancellationToken);
        await Task.Run(
            () =>
            {
                using DirectoryHandle target = DirectoryHandle.Open(directory);
                using var writer = new TreeWriter(target, new StackView(), depot.TreeOptions with { Merged = true });
                writer.Write(operation.Delta.ToEntries(new StackView(), null), cancellationToken);
            },
            cancellationToken);
        return new BindMount
        {
            Target = UnixPath.Clean(mount.Target!),
            Source = entry.IsDirectory ? directory : Path.Combine(directory, Encoding.UTF8.GetString(path.Name)),
            // The copy is this step's own, so what it writes there is gone with it.
            Access = mount.ReadOnly ? BindAccess.ReadOnly : BindAccess.ReadWrite,
        };
    }

    private CopySettings Options(StepMount mount) => new()
    {
        Destination = UnixPath.Root,
        DestinationIsDirectory = true,
        Span = mount.Span,
        Now = UnixTime.From(time.GetUtcNow()),
    };

    private async Task<BindMount> CacheAsync(
        StepMount mount, ImmutableArray<FileLock>.Builder locks, ImmutableArray<string>.Builder copies, CancellationToken cancellationToken)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mount.Id)));
        string directory = work.Cache(id);
        string lockPath = Path.Combine(directory, "lock");
        if (mount.Sharing == CacheSharing.Locked)
        {
            locks.Add(await WaitAsync(lockPath, cancellationToken));
        }
        else if (mount.Sharing == CacheSharing.Private)
        {
            if (FileLock.TryTake(lockPath) is { } held)
                locks.Add(held);
            else
                copies.Add(directory = work.NewTree());
        }
        if (!Directory.Exists(Path.Combine(directory, CacheFolder)))
            Make(directory, mount);
        return new BindMount
        {
            Target = UnixPath.Clean(mount.Target!),
            Source = Path.Combine(directory, CacheFolder),
            Access = mount.ReadOnly ? BindAccess.ReadOnly : BindAccess.ReadWrite,
        };
    }

    /// <summary>Mode and owner count where the cache is made; one that is there keeps its own.</summary>
    private void Make(string directory, StepMount mount)
    {
        using DirectoryHandle handle = DirectoryHandle.Open(directory);
        ReadOnlySpan<byte> name = "content"u8;
        handle.MakeDirectory(name, 0x1C0);
        handle.SetOwner(name, depot.TreeOptions.Owners.RepresentUid(mount.Uid), depot.TreeOptions.Owners.RepresentGid(mount.Gid));
        handle.SetMode(name, mount.Mode & 0xFFF);
    }

    private async Task<FileLock> WaitAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (FileLock.TryTake(path) is { } held)
                return held;
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }
    }
}
