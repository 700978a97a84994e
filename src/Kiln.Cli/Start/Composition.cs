// SPDX-License-Identifier: Apache-2.0
using Kiln.Build;
using Kiln.Build.Events;
using Kiln.Build.Fetching;
using Kiln.Build.Outlook;
using Kiln.Build.Warming;
using Kiln.Cache;
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering;
using Kiln.Cli.Rendering.Reports;
using Kiln.Contexts.Git;
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Layers.Trees;
using Kiln.Sandbox;

namespace Kiln.Cli.Start;

/// <summary>Makes everything a build needs, once, top to bottom, and ends it in the opposite order.</summary>
internal sealed class Composition : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<BuildRequest>> _findRequest;
    private readonly WorkDirectory _work;
    private readonly RegistryConnections _registries;
    private readonly HttpDownloader _http;
    private readonly TextUploader _uploads;
    private readonly BucketConnections _buckets;
    private readonly CacheMedia _caches;
    private readonly CacheStores? _cache;
    private readonly ImageWarmer _warmer;
    private readonly WarmRequest _warmed;
    private readonly BuildExecutor _executor;
    private readonly Action<BuildEvent> _report;

    private Composition(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, IRenderer renderer)
    {
        _report = renderer.Show;
        RequestedIsolation isolation = ParseIsolation(arguments.Isolation);
        _registries = new RegistryConnections(arguments, environment, _report);
        BuildRequest request = new RequestFactory(environment).Create(arguments, _registries.ShortNames);
        ContextLocation context = new ContextArguments(environment, _registries.Places).Read(arguments);
        _work = WorkDirectory.Open(RootDirectory.Find(arguments.RootDirectory, environment));
        _http = new HttpDownloader(UserAgent, arguments.AllowMetadata, _registries.Access, Patience.Usual, TimeProvider.System);
        _uploads = new TextUploader(UserAgent, _registries.Access, Patience.Usual, TimeProvider.System);
        var git = new GitProgram(GitSurroundings.Read(environment));
        var remotes = new RemoteAccess(_http, new GitFetcher(git), new GitCloner(git), _uploads);
        var ladder = new IsolationLadder(new SandboxOptions { RootDirectory = _work.Scratch, Isolation = isolation });
        OwnerMap owners = OwnerMap.OfThisProcess(_work.Scratch);
        var cacheArguments = new CacheArguments(arguments, _work.Root);
        _buckets = new BucketConnections(environment, _registries.Access);
        _caches = new CacheMedia(cacheArguments.Options, _registries.Client, TimeProvider.System, text => _report(new Notice(NoticeLevel.Warning, text))) { Buckets = _buckets.Open };
        _cache = cacheArguments.Open(_caches);
        string cache = CacheDirectory.Find(arguments.CacheDirectory, _work.Root);
        var services = new BuildServices(_registries.Client, remotes, _work, cache, ladder, owners, TimeProvider.System, _report)
        {
            Cache = _cache,
            StandardOutput = Console.OpenStandardOutput,
            Warmed = arguments.Cache || arguments.WarmImages.Count > 0 ? new WarmedImages(cache, cacheArguments.Options.TimeToLive, TimeProvider.System, _report) : null,
        };
        _warmer = new ImageWarmer(_registries.Client, cache, cacheArguments.Options.TimeToLive, TimeProvider.System, _report);
        _warmed = WarmRun.Read(arguments, request.Plan);
        _executor = new BuildExecutor(services);
        var contexts = new ContextFetcher(services);
        _findRequest = async cancellationToken =>
        {
            ContextFiles files = await ContextFiles.FetchAsync(contexts, context, arguments.ContextSubPath, arguments.Dockerfile, cancellationToken);
            return request with { Context = files.Directory, Dockerfile = files.Dockerfile, IgnoreFile = files.IgnoreFile };
        };
    }

    /// <param name="arguments">What was typed.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="open">Begins to show it, once what was typed is spelt out.</param>
    internal static Composition Create(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, Func<BuildArguments, IRenderer> open)
    {
        OutputArguments.SpellOut(arguments, outputIsTerminal: !Console.IsOutputRedirected);
        return new Composition(arguments, environment, open(arguments));
    }

    /// <summary>The program's, as `1.2.3`.</summary>
    internal static string Version => typeof(Composition).Assembly.GetName().Version?.ToString(3) ?? "";

    internal async Task BuildAsync(CancellationToken cancellationToken)
    {
        // An image that cannot be warmed is warned of; whether the build needs it, the build says.
        if (_warmed.Images.Length > 0)
            await _warmer.WarmAsync(_warmed, cancellationToken);
        await _executor.RunAsync(await _findRequest(cancellationToken), cancellationToken);
        if (_cache is not null)
            await _cache.CompleteAsync(cancellationToken);
    }

    internal async Task<PlanOutlook> ForeseeAsync(CancellationToken cancellationToken) => await _executor.ForeseeAsync(await _findRequest(cancellationToken), cancellationToken);

    /// <summary>Why steps of a plan are not found; nothing where nothing is cached.</summary>
    internal async Task<IReadOnlyList<MissExplanation>> ExplainAsync(PlanOutlook outlook, CancellationToken cancellationToken) =>
        _cache is null
            ? throw DiagnosticRules.InvalidArgument.Error("no cache is named", hint: "name one as for the build: `--cache`, with `--cache-dir` or `--cache-repo`")
            : await new MissExplainer(_cache).ExplainAsync(outlook, cancellationToken);

    internal async Task CheckAsync(CancellationToken cancellationToken)
    {
        int findings = await _executor.CheckAsync(await _findRequest(cancellationToken), cancellationToken);
        _report(new Notice(NoticeLevel.Info, $"check complete: {LintSummary.Count(findings)}"));
    }

    public async ValueTask DisposeAsync()
    {
        _caches.Dispose();
        _buckets.Dispose();
        await _registries.DisposeAsync();
        _http.Dispose();
        _uploads.Dispose();
        _work.Dispose();
    }

    internal static string UserAgent => $"kiln/{Version}";

    private static RequestedIsolation ParseIsolation(string text) => text switch
    {
        "auto" => RequestedIsolation.Auto,
        "namespaces" => RequestedIsolation.Namespaces,
        "chroot" => RequestedIsolation.Chroot,
        "supervised" => RequestedIsolation.Supervised,
        "none" => RequestedIsolation.None,
        _ => throw DiagnosticRules.InvalidArgument.Error($"`--isolation={text}` names no way to isolate", hint: "use `auto`, `namespaces`, `chroot`, `supervised` or `none`"),
    };
}
