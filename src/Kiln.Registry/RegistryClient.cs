// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry.Auth;
using Kiln.Registry.Hosts;
using Kiln.Registry.Pull;
using Kiln.Registry.Push;
using Kiln.Registry.Transport;

namespace Kiln.Registry;

/// <summary>
/// The client of all registries; one for the whole process, so that connections, tokens and what was learnt about hosts are shared. It
/// may be used by many at a time.
/// </summary>
public sealed partial class RegistryClient : IAsyncDisposable
{
    // An index may name an index; nobody nests them deeper.
    private const int MaxIndexDepth = 4;

    private readonly RegistryOptions _options;
    private readonly RegistryTransport _transport;
    private readonly HostChoice _hosts;
    private readonly ManifestReader _manifests;
    private readonly BlobReader _blobs;
    private readonly BlobWriter _writer;
    private readonly ManifestWriter _manifestWriter;
    private readonly Referrers _referrers;
    private readonly Tags _tags;
    private readonly WholeAttempts _attempts;
    private readonly HostTurns _turns;

    public RegistryClient(RegistryOptions options, ICredentialSource credentials, TimeProvider timeProvider)
    {
        var retry = new RetryPolicy(options.Patience, timeProvider);
        _options = options;
        _transport = new RegistryTransport(options, credentials, retry, timeProvider);
        _hosts = new HostChoice(options);
        _manifests = new ManifestReader(_transport);
        _blobs = new BlobReader(_transport, retry, options, timeProvider);
        _writer = new BlobWriter(_transport, _blobs, retry, options, timeProvider);
        _manifestWriter = new ManifestWriter(_transport, _manifests, options);
        _referrers = new Referrers(_transport, _manifests, _manifestWriter);
        _tags = new Tags(_transport);
        _attempts = new WholeAttempts(options, timeProvider);
        _turns = new HostTurns(options.ParallelBlobs);
    }

    /// <summary>A manifest or an index, by digest where the reference has one, else by tag.</summary>
    public Task<RawDocument> PullManifestAsync(ImageReference reference, CancellationToken cancellationToken) => PullAsync(
        reference,
        $"pull `{reference}`",
        call => _manifests.GetAsync(call, reference.Digest?.ToString() ?? reference.Tag!, cancellationToken),
        cancellationToken);

    /// <summary>An image for a platform; its layers stay where they are until they are opened.</summary>
    public async Task<RemoteImage> PullImageAsync(ImageReference reference, Platform platform, CancellationToken cancellationToken)
    {
        RawDocument document = await PullManifestAsync(reference, cancellationToken);
        return await PullImageAsync(reference, document, platform, cancellationToken);
    }

    /// <summary>The same, where the manifest or index that the reference stands for is at hand.</summary>
    public async Task<RemoteImage> PullImageAsync(ImageReference reference, RawDocument document, Platform platform, CancellationToken cancellationToken)
    {
        ImageReference pinned = reference.Digest is null ? reference.WithDigest(document.Digest) : reference;
        for (int depth = 0; document.MediaType.IsIndex; depth++)
        {
            Descriptor chosen = Choose(ImageIndex.Parse(document), reference, platform, depth);
            document = await PullManifestAsync(reference.WithDigest(chosen.Digest), cancellationToken);
        }
        ImageManifest manifest = ImageManifest.Parse(document);
        RawDocument config = await PullConfigAsync(reference, manifest.Config, cancellationToken);
        IBlobSource[] layers = [.. manifest.Layers.Select(layer => new RemoteBlob(this, reference, layer))];
        return new RemoteImage(pinned, new Image(document, config, layers), manifest, ImageConfig.Parse(config));
    }

    /// <summary>A blob as a stream that ends only if all bytes are the right ones. Until it is disposed, one blob fewer can come from the host.</summary>
    public async Task<Stream> OpenBlobAsync(ImageReference repository, Descriptor blob, CancellationToken cancellationToken)
    {
        IDisposable turn = await _turns.TakeAsync(repository.Host, RegistryAccess.Pull, cancellationToken);
        try
        {
            return await PullAsync(
                repository,
                $"pull blob `{blob.Digest}` of `{repository.Name}`",
                call => _blobs.OpenAsync(call with { StreamsBody = true }, blob, turn, cancellationToken),
                cancellationToken);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>What refers to an image: signatures, attestations, lists of parts. An index without entries where nothing does.</summary>
    /// <param name="subject">The repository, and the digest that is referred to.</param>
    /// <param name="artifactType">Of all the referrers those of this kind; null for all.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    public Task<ImageIndex> PullReferrersAsync(ImageReference subject, string? artifactType, CancellationToken cancellationToken) => PullAsync(
        subject,
        $"look for what refers to `{subject}`",
        call => _referrers.ListAsync(call, subject.Digest ?? throw new ArgumentException("a reference without a digest", nameof(subject)), artifactType, cancellationToken),
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync();
        _transport.Dispose();
        _turns.Dispose();
    }

    private Task<T> PullAsync<T>(ImageReference reference, string action, Func<RegistryCall, Task<T>> ask, CancellationToken cancellationToken) =>
        _attempts.RunAsync(RegistryAccess.Pull, () => _hosts.FirstAsync(reference, action, ask), cancellationToken);

    private static Descriptor Choose(ImageIndex index, ImageReference reference, Platform platform, int depth)
    {
        if (depth == MaxIndexDepth)
            throw DiagnosticRules.MalformedImage.Error($"`{reference}` is an index of indexes, nested deeper than {MaxIndexDepth}");
        if (index.Select(platform) is { } chosen)
            return chosen;
        string present = string.Join(", ", index.Platforms.Select(p => $"`{p.Normalised()}`").Distinct());
        throw DiagnosticRules.PlatformMissing.Error(
            $"`{reference}` has no image for `{platform}`", hint: present.Length == 0 ? null : $"it has {present}");
    }

    private async Task<RawDocument> PullConfigAsync(ImageReference reference, Descriptor config, CancellationToken cancellationToken)
    {
        if (config.Size > BufferHandler.MaxDocumentSize)
            throw DiagnosticRules.MalformedImage.Error($"the configuration of `{reference}` has {config.Size} bytes, too many");
        await using Stream stream = await OpenBlobAsync(reference, config, cancellationToken);
        using var content = new MemoryStream((int)config.Size);
        await stream.CopyToAsync(content, cancellationToken);
        return new RawDocument(config.MediaType, content.ToArray());
    }
}
