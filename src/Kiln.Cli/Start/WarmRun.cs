// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Kiln.Build;
using Kiln.Build.Fetching;
using Kiln.Build.Warming;
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering;
using Kiln.Contexts.Http;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Planning;
using Kiln.Planning.Sources;

namespace Kiln.Cli.Start;

/// <summary>`kiln warmer`: made of what was typed, carried out, and ended. A place on disk besides the cache directory is taken only for a Dockerfile that comes from a URL.</summary>
internal sealed class WarmRun : IAsyncDisposable
{
    private const long LargestDockerfile = 64 << 20;

    private readonly BuildArguments _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly RegistryConnections _registries;
    private readonly PlanOptions _plan;
    private readonly ImageWarmer _warmer;

    internal WarmRun(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, IRenderer renderer)
    {
        (_arguments, _environment) = (arguments, environment);
        if (arguments.WarmImages.Count == 0 && arguments.Dockerfile.Length == 0)
            throw DiagnosticRules.InvalidArgument.Error("there is nothing to warm", hint: "name images by `--image REFERENCE`, or what is built on them by `--dockerfile PATH`");
        TimeSpan timeToLive = CacheArguments.ReadTimeToLive(arguments);
        _registries = new RegistryConnections(arguments, environment, renderer.Show);
        _plan = new RequestFactory(environment).MakePlan(arguments) with { ShortNames = _registries.ShortNames };
        string directory = Path.GetFullPath(arguments.CacheDirectory is { Length: > 0 } named ? named : WarmerFlags.UsualDirectory);
        _warmer = new ImageWarmer(_registries.Client, directory, timeToLive, TimeProvider.System, renderer.Show);
    }

    /// <summary>What the images are that `--image` names.</summary>
    internal static WarmRequest Read(BuildArguments arguments, PlanOptions plan) => new()
    {
        Images = [.. arguments.WarmImages.Select(image => ImageReference.Parse(image))],
        Plan = plan,
        Force = arguments.WarmAnew,
    };

    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        WarmRequest request = Read(_arguments, _plan) with { Dockerfile = await FindDockerfileAsync(cancellationToken) };
        return await _warmer.WarmAsync(request, cancellationToken) ? 0 : throw DiagnosticRules.NothingWarmed.Error("none of the images is warmed");
    }

    public ValueTask DisposeAsync() => _registries.DisposeAsync();

    private async Task<SourceText?> FindDockerfileAsync(CancellationToken cancellationToken)
    {
        string name = _arguments.Dockerfile;
        if (name.Length == 0)
            return null;
        if (!ContextFiles.IsAddress(name))
            return ContextFiles.ReadDockerfile(name, new FetchedContext(Environment.CurrentDirectory, IsForeign: false)).Text;
        using WorkDirectory work = WorkDirectory.Open(RootDirectory.Find(_arguments.RootDirectory, _environment));
        using var http = new HttpDownloader(Composition.UserAgent, allowsMetadata: false, _registries.Access, Patience.Usual, TimeProvider.System);
        string file = Path.Combine(work.Scratch, "Dockerfile");
        await http.DownloadSmallAsync(name, LargestDockerfile, file, cancellationToken);
        return new SourceText(RemoteLocation.Redact(name), Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file, cancellationToken)));
    }
}
