// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Build;
using Kiln.Build.Transfers;
using Kiln.Cli.Flags;
using Kiln.Cli.Rendering;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Cli.Start;

/// <summary>`kiln push`, `pull`, `copy` and `manifest`: made of what was typed, carried out, and ended. A place on disk is taken only when something has to be laid out.</summary>
internal sealed class TransferRun : IAsyncDisposable
{
    private readonly BuildArguments _arguments;
    private readonly RegistryConnections _registries;
    private readonly Lazy<WorkDirectory> _work;
    private readonly ImageTransfer _transfer;
    private readonly Platform? _platform;
    private readonly PlatformChoice? _choice;

    internal TransferRun(BuildArguments arguments, IReadOnlyDictionary<string, string> environment, IRenderer renderer)
    {
        _arguments = arguments;
        Platform host = RequestFactory.Host;
        _platform = ParsePlatform(arguments.ImagePlatform, "--platform");
        _choice = _platform is null ? null : new PlatformChoice(_platform);
        CheckDigestFile();
        _registries = new RegistryConnections(arguments, environment, renderer.Show);
        _work = new Lazy<WorkDirectory>(() => WorkDirectory.Open(RootDirectory.Find(arguments.RootDirectory, environment)));
        _transfer = new ImageTransfer(new TransferServices(
            _registries.Client, () => _work.Value, CompressionArguments.Read(arguments), _platform ?? host, TimeProvider.System, renderer.Show)
        {
            ChecksPush = !arguments.SkipPushCheck,
        });
    }

    internal async Task<int> PushAsync(string source, IReadOnlyList<string> destinations, CancellationToken cancellationToken)
    {
        ImagePlace from = ImagePlaces.ParseSource(source);
        if (_arguments.AllImages)
            return await PushAllAsync(from, destinations, cancellationToken);
        if (destinations.Count == 0)
            throw DiagnosticRules.NoDestination.Error("there is no destination", hint: $"write `kiln push {source} HOST/REPOSITORY:TAG`, or `--all` for the names that the images have");
        ImagePlace[] places = [.. destinations.Select(destination => ImagePlaces.RequireName(ImagePlaces.ParseRegistry(destination)))];
        return await WriteDigestAsync([await _transfer.MoveAsync(from, _choice, places, cancellationToken)], cancellationToken);
    }

    internal async Task<int> PullAsync(string reference, string target, CancellationToken cancellationToken)
    {
        if (_arguments.AllPlatforms && _platform is not null)
            throw DiagnosticRules.InvalidArgument.Error("`--platform` and `--all-platforms` contradict each other", hint: "leave one of them out");
        RegistryPlace from = ImagePlaces.ParseRegistry(reference);
        ImagePlace to = ImagePlaces.ParseTarget(target);
        PlatformChoice? choice = _arguments.AllPlatforms ? null : _choice ?? new PlatformChoice(RequestFactory.Host, IsRequired: false);
        return await WriteDigestAsync([await _transfer.MoveAsync(from, choice, [to], cancellationToken)], cancellationToken);
    }

    internal async Task<int> CopyAsync(string source, IReadOnlyList<string> destinations, CancellationToken cancellationToken)
    {
        ImagePlace[] places = [.. destinations.Select(ImagePlaces.Parse).Select(ImagePlaces.RequireName)];
        return await WriteDigestAsync([await _transfer.MoveAsync(ImagePlaces.Parse(source), _choice, places, cancellationToken)], cancellationToken);
    }

    internal async Task<int> CreateAsync(string destination, IReadOnlyList<string> members, CancellationToken cancellationToken)
    {
        IndexMember[] parsed = [.. members.Select(ImagePlaces.SplitPlatform).Select(member =>
            new IndexMember(ImagePlaces.Parse(member.Place), ParsePlatform(member.Platform, member.Place)))];
        ImmutableSortedDictionary<string, string> annotations = StringMap.Empty.SetItems(_arguments.Annotations.Select(text => RequestFactory.Pair(text, "--annotation")));
        Digest digest = await _transfer.CreateIndexAsync(parsed, annotations, ImagePlaces.RequireName(ImagePlaces.Parse(destination)), cancellationToken);
        return await WriteDigestAsync([digest], cancellationToken);
    }

    internal async Task<int> InspectAsync(string reference, CancellationToken cancellationToken)
    {
        RawDocument document = await _transfer.InspectAsync(ImagePlaces.Parse(reference), _choice, _arguments.ShowsConfiguration, cancellationToken);
        await using Stream output = Console.OpenStandardOutput();
        await output.WriteAsync(document.Content, cancellationToken);
        // Not into a pipe: the digest is over these bytes and no others.
        if (!Console.IsOutputRedirected && document.Content.Span is not [.., (byte)'\n'])
            output.Write("\n"u8);
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        await _registries.DisposeAsync();
        if (_work.IsValueCreated)
            _work.Value.Dispose();
    }

    private async Task<int> PushAllAsync(ImagePlace source, IReadOnlyList<string> destinations, CancellationToken cancellationToken)
    {
        if (destinations.Count > 1)
            throw DiagnosticRules.InvalidArgument.Error($"`--all` takes one repository, and not {destinations.Count}", hint: "call it once for each");
        if (((source as LayoutPlace)?.Name ?? (source as ArchivePlace)?.Name) is { } named)
            throw DiagnosticRules.InvalidArgument.Error($"`--all` and the name `{named}` contradict each other", hint: "leave one of them out");
        ImageReference? repository = destinations is [var only] ? ImagePlaces.ParseRegistry(only).Reference : null;
        if (repository is not null && (repository.Digest is not null || destinations[0].EndsWith(":" + repository.Tag, StringComparison.Ordinal)))
            throw DiagnosticRules.InvalidArgument.Error($"with `--all` the tags are those of the images, so `{destinations[0]}` is a tag too many", hint: $"write `{repository.Name}`");
        return await WriteDigestAsync(await _transfer.MoveAllAsync(source, _choice, repository, cancellationToken), cancellationToken);
    }

    /// <summary>Before anything moves, not after.</summary>
    private void CheckDigestFile()
    {
        if (_arguments.DigestFile is { Length: > 0 } file && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
            throw DiagnosticRules.OutputFailed.Error($"the digest cannot be written to `{file}`: there is no such directory");
    }

    private async Task<int> WriteDigestAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken)
    {
        if (_arguments.DigestFile is not { Length: > 0 } file)
            return 0;
        try
        {
            await File.WriteAllTextAsync(file, string.Join('\n', digests), cancellationToken);
            return 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.OutputFailed.Error($"the digest cannot be written to `{file}`: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    private static Platform? ParsePlatform(string? text, string place) =>
        text is not { } written ? null
        : Platform.TryParse(written, RequestFactory.Host, out Platform? platform) ? platform
        : throw DiagnosticRules.InvalidPlatform.Error($"`{written}` of `{place}` is no platform", hint: "write `os/architecture[/variant]`, as `linux/arm64`");
}
