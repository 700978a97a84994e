// SPDX-License-Identifier: Apache-2.0
using Kiln.Build;
using Kiln.Build.Events;
using Kiln.Build.Outputs;
using Kiln.Cache;
using Kiln.Contexts.Git;
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Layers.Trees;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Registry;
using Kiln.Sandbox;

namespace Kiln.SystemTests.Registry.Faults;

/// <summary>A build in this process, by a client of registries that bears as much as the test wants. It has no `RUN`.</summary>
internal sealed class InProcessBuild : IDisposable
{
    private readonly TempDirectory _directory = new();

    public InProcessBuild() => Directory.CreateDirectory(Context);

    public string Context => _directory.Path("context");

    public List<BuildEvent> Events { get; } = [];

    /// <summary>A repository where steps are cached; null for no cache.</summary>
    public ImageReference? Cache { get; init; }

    /// <summary>Images whose own entries are looked into; null where steps are cached elsewhere, or nowhere. The image gets its own entries too.</summary>
    public IReadOnlyList<ImageReference>? Inline { get; init; }

    /// <summary>Times of steps are kept beside the build, and `COPY` is not cached but for these.</summary>
    public bool KeepsTimes { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public async Task<Image> RunAsync(string dockerfile, RegistryOptions options, OutputOptions outputs, CancellationToken cancellationToken)
    {
        await using RegistryClient registry = FaultWorld.Client(options);
        using WorkDirectory work = WorkDirectory.Open(_directory.Path("root"));
        using var http = new HttpDownloader("kiln/test", allowsMetadata: false, ServerAccess.Direct, Patience.Usual, TimeProvider.System);
        using var uploads = new TextUploader("kiln/test", ServerAccess.Direct, Patience.Usual, TimeProvider.System);
        var git = new GitProgram(new GitOptions { SearchPath = "/usr/bin", Assistant = "/nowhere" });
        var services = new BuildServices(
            registry,
            new RemoteAccess(http, new GitFetcher(git), new GitCloner(git), uploads),
            work,
            _directory.Path("cache"),
            new IsolationLadder(new SandboxOptions { RootDirectory = work.Scratch, Isolation = RequestedIsolation.None }),
            OwnerMap.OfThisProcess(work.Scratch),
            Time,
            Report)
        {
            Cache = KeepsTimes ? OpenTimes(registry) : Inline is not null ? OpenInline(Inline, registry) : Cache is null ? null : OpenCache(Cache, registry),
        };
        var request = new BuildRequest
        {
            Dockerfile = new SourceText("Dockerfile", dockerfile),
            Context = Context,
            Plan = new PlanOptions { BuildPlatform = new Platform("linux", "amd64") },
            Outputs = outputs,
        };
        return await new BuildExecutor(services).RunAsync(request, cancellationToken);
    }

    public void Dispose() => _directory.Dispose();

    private CacheStores OpenTimes(RegistryClient registry)
    {
        var options = new CacheOptions();
        ICacheStore store = new CacheMedia(options, registry, Time, _ => { }).Open(new DirectoryCache("times", _directory.Path("times")));
        return new CacheStores(options, [store], [new CacheTarget(store, CacheMode.Max)]);
    }

    private static CacheStores OpenCache(ImageReference repository, RegistryClient registry)
    {
        var options = new CacheOptions { CopyLayers = true };
        // It owns nothing of a cache in a registry.
        ICacheStore store = new CacheMedia(options, registry, TimeProvider.System, _ => { }).Open(new RepositoryCache(repository.ToString(), repository));
        return new CacheStores(options, [store], [new CacheTarget(store, CacheMode.Max)]);
    }

    private static CacheStores OpenInline(IReadOnlyList<ImageReference> images, RegistryClient registry)
    {
        var options = new CacheOptions { CopyLayers = true };
        // It is only read.
        var media = new CacheMedia(options, registry, TimeProvider.System, _ => { });
        return new CacheStores(options, [.. images.Select(image => media.Open(new ScopeCache(image.ToString(), image)))], []) { IsInline = true };
    }

    private void Report(BuildEvent happened)
    {
        lock (Events)
            Events.Add(happened);
    }
}
