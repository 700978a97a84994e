// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>Reads images from an OCI image layout. Documents are checked against their digests; layers are when they are read.</summary>
public sealed class OciLayoutReader(string directory)
{
    private const int MaxDocumentSize = 8 << 20;

    // An index may name an index; nobody nests them deeper.
    private const int MaxIndexDepth = 4;

    private readonly BlobStore _blobs = new(Path.Combine(directory, OciLayout.BlobsDirectory));

    /// <summary>The directory's own index.</summary>
    public async Task<ImageIndex> ReadIndexAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(directory, OciLayout.IndexFile);
        if (!File.Exists(path))
            throw DiagnosticRules.LayoutUnreadable.Error($"`{directory}` is not an OCI image layout: it has no `{OciLayout.IndexFile}`");
        return ImageIndex.Parse(new RawDocument(MediaType.OciIndex, await ReadFileAsync(path, cancellationToken)));
    }

    /// <summary>
    /// An image for a platform. The name is a tag, a whole name or a digest; without one the layout must hold only one image for the
    /// platform.
    /// </summary>
    public async Task<Image> ReadAsync(string? name, Platform platform, CancellationToken cancellationToken)
    {
        ImageIndex index = await ReadIndexAsync(cancellationToken);
        Descriptor descriptor = name is null ? Only(index, platform) : Named(index, name);
        RawDocument document = await ReadDocumentAsync(descriptor, cancellationToken);
        for (int depth = 0; document.MediaType.IsIndex && depth < MaxIndexDepth; depth++)
            document = await ReadDocumentAsync(Choose(ImageIndex.Parse(document), platform), cancellationToken);

        ImageManifest manifest = ImageManifest.Parse(document);
        RawDocument config = await ReadDocumentAsync(manifest.Config, cancellationToken);
        return new Image(document, config, [.. manifest.Layers.Select(layer => new CheckedBlob(Find(layer)))]);
    }

    private Descriptor Only(ImageIndex index, Platform platform)
    {
        if (index.Manifests.Select(manifest => manifest.Digest).Distinct().Count() == 1)
            return index.Manifests[0];
        if (index.Manifests.Any(manifest => manifest.Platform is null))
            throw DiagnosticRules.LayoutUnreadable.Error(
                $"`{directory}` holds {index.Manifests.Count} images, and none was named", hint: Names(index));
        return Choose(index, platform);
    }

    private Descriptor Named(ImageIndex index, string name) =>
        index.Manifests.FirstOrDefault(manifest =>
            manifest.Annotations.GetValueOrDefault(OciLayout.RefName) == name
            || manifest.Annotations.GetValueOrDefault(OciLayout.ImageName) == name
            || manifest.Digest.ToString() == name)
        ?? throw DiagnosticRules.LayoutUnreadable.Error($"`{directory}` holds no image named `{name}`", hint: Names(index));

    private Descriptor Choose(ImageIndex index, Platform platform) => index.Select(platform)
        ?? throw DiagnosticRules.PlatformMissing.Error(
            $"`{directory}` has no image for `{platform}`",
            hint: index.Platforms.Any() ? $"it has {string.Join(", ", index.Platforms.Select(p => $"`{p}`").Distinct())}" : null);

    private static string? Names(ImageIndex index)
    {
        string names = string.Join(", ", index.Manifests
            .Select(manifest => manifest.Annotations.GetValueOrDefault(OciLayout.RefName))
            .OfType<string>()
            .Distinct()
            .Select(name => $"`{name}`"));
        return names.Length == 0 ? null : $"it has {names}";
    }

    private FileBlob Find(Descriptor descriptor) => _blobs.TryFind(descriptor, out FileBlob? blob)
        ? blob
        : throw DiagnosticRules.LayoutUnreadable.Error($"`{directory}` lacks the blob `{descriptor.Digest}` of {descriptor.Size} bytes");

    private async Task<RawDocument> ReadDocumentAsync(Descriptor descriptor, CancellationToken cancellationToken)
    {
        byte[] content = await ReadFileAsync(Find(descriptor).Path, cancellationToken);
        if (!descriptor.Digest.Matches(content))
            throw DiagnosticRules.ContentMismatch.Error($"`{directory}` holds other bytes under the digest `{descriptor.Digest}`");
        return new RawDocument(descriptor.MediaType, content);
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        if (new FileInfo(path).Length > MaxDocumentSize)
            throw DiagnosticRules.MalformedImage.Error($"`{path}` is longer than {MaxDocumentSize} bytes");
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiagnosticRules.LayoutUnreadable.Error($"`{path}` cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    /// <summary>A layer from a directory that others may have written.</summary>
    private sealed class CheckedBlob(FileBlob file) : IBlobSource
    {
        public Descriptor Descriptor => file.Descriptor;

        public ValueTask<Stream> OpenAsync(CancellationToken cancellationToken) =>
            new(new VerifyingStream(file.Open(), file.Descriptor, file.Path));
    }
}
