// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Layers.Blobs;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// An image of an archive that has no manifest: one is made of the configuration and the layers as they lie there. A plain layer's digest is the
/// configuration's word, checked when it is read; a packed one is read once to learn its digest, and held against the configuration then.
/// </summary>
internal sealed class ArchivedImage(ArchiveFiles files, DockerArchiveEntry entry)
{
    internal async Task<LocatedImage> AssembleAsync(CancellationToken cancellationToken)
    {
        var config = new RawDocument(MediaType.OciConfig, await files.ReadAllAsync(entry.Config, cancellationToken));
        CheckName(config);
        IReadOnlyList<Digest> diffIds = ImageConfig.Parse(config).RootFs.DiffIds;
        if (diffIds.Count != entry.Layers.Count)
            throw files.Broken($"an image has {entry.Layers.Count} layers, but its configuration names {diffIds.Count} diff ids");
        var layers = new List<IBlobSource>();
        foreach ((string name, Digest diffId) in entry.Layers.Zip(diffIds))
            layers.Add(await LayerAsync(name, diffId, cancellationToken));
        var manifest = new ImageManifest
        {
            MediaType = MediaType.OciManifest,
            Config = config.Descriptor,
            Layers = [.. layers.Select(layer => layer.Descriptor)],
        };
        return new LocatedImage(files.Place, manifest.ToDocument(), new Parts(config, layers)) { IsAssembled = true };
    }

    /// <summary>`HEX.json`, `sha256:HEX` or `blobs/sha256/HEX`: the image's id.</summary>
    private void CheckName(RawDocument config)
    {
        string name = Path.GetFileNameWithoutExtension(entry.Config);
        if (Digest.TryParse(name.Contains(':') ? name : "sha256:" + name, out Digest said) && !said.Matches(config.Content.Span))
            throw DiagnosticRules.ContentMismatch.Error($"`{files.Place}` holds another configuration under the name `{entry.Config}`");
    }

    private async Task<IBlobSource> LayerAsync(string name, Digest diffId, CancellationToken cancellationToken)
    {
        ArchiveFile file = files.Get(name);
        await using Stream content = files.Open(file);
        byte[] start = new byte[Decompression.SniffLength];
        int count = await content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken);
        content.Position = 0;
        Descriptor descriptor = Decompression.Sniff(start.AsSpan(0, count)) switch
        {
            ArchiveCompression.None => new Descriptor { MediaType = MediaType.OciLayer, Digest = diffId, Size = file.Size },
            ArchiveCompression.Gzip => await MeasureAsync(MediaType.OciLayerGzip, file, diffId, cancellationToken),
            ArchiveCompression.Zstd => await MeasureAsync(MediaType.OciLayerZstd, file, diffId, cancellationToken),
            var other => throw files.Broken($"its layer `{name}` is packed by {other.ToString().ToLowerInvariant()}, which images do not have"),
        };
        return new ArchiveBlob(files, file, descriptor);
    }

    private async Task<Descriptor> MeasureAsync(MediaType type, ArchiveFile file, Digest diffId, CancellationToken cancellationToken)
    {
        await using Stream packed = files.Open(file);
        using var digesting = new DigestingStream(Stream.Null);
        await packed.CopyToAsync(digesting, cancellationToken);
        ContentSummary summary = digesting.Complete();
        try
        {
            await using var plain = new PlainLayerStream(Decompression.Open(files.Open(file)), diffId, summary.Digest);
            await plain.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or Layers.Tar.ArchiveLimitException)
        {
            throw files.Broken($"a layer cannot be unpacked: {e.Message}");
        }
        return new Descriptor { MediaType = type, Digest = summary.Digest, Size = summary.Size };
    }

    private sealed class Parts(RawDocument config, IReadOnlyList<IBlobSource> layers) : IImageContent
    {
        public Task<RawDocument> ReadAsync(Descriptor descriptor, CancellationToken cancellationToken) => Task.FromResult(config);

        public IBlobSource Find(Descriptor descriptor) =>
            descriptor.Digest == config.Digest ? config : layers.First(layer => layer.Descriptor.Digest == descriptor.Digest);
    }
}
