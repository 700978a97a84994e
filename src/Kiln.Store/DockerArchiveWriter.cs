// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Writes an image as `docker save` does since Docker 25: an OCI layout in a tar, with the manifest as it is, and `manifest.json` for all who read the older
/// form. That comes last: without it an archive that broke off is none. The same image makes the same bytes.
/// </summary>
public static class DockerArchiveWriter
{
    public static Task WriteAsync(string path, Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken) =>
        WriteAsync(path, ImageTree.Of(image), image, names, cancellationToken);

    public static Task WriteAsync(Stream destination, Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken) =>
        WriteAsync(destination, ImageTree.Of(image), image, names, cancellationToken);

    /// <summary>Writes the OCI layout alone, without what the older form needs.</summary>
    public static Task WriteLayoutAsync(Stream destination, Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken) =>
        WriteAsync(destination, ImageTree.Of(image), null, names, cancellationToken);

    /// <summary>Writes the file beside its name, which it gets when it is complete.</summary>
    /// <param name="path">The file; what is there is replaced. A pipe or a device is written to.</param>
    /// <param name="tree">All that is written.</param>
    /// <param name="loaded">Which image of it programs get that know nothing of indexes.</param>
    /// <param name="names">Under which names.</param>
    /// <param name="cancellationToken">Ends the writing and leaves nothing behind.</param>
    public static async Task WriteAsync(string path, ImageTree tree, Image loaded, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        using ReplacedFile file = ReplacedFile.Begin(path);
        await WriteAsync(file.Stream, tree, loaded, names, cancellationToken);
        await file.CommitAsync(cancellationToken);
    }

    private static async Task WriteAsync(
        Stream destination, ImageTree tree, Image? loaded, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        if (loaded?.Layers.FirstOrDefault(layer => layer.Descriptor.MediaType.IsForeignLayer) is { } foreign)
            throw DiagnosticRules.ImageUnwritable.Error($"layer `{foreign.Descriptor.Digest}` may not be distributed, so it cannot be written to an archive");
        var tar = new UstarWriter(destination);
        foreach (IBlobSource blob in tree.Blobs.Concat(tree.Documents))
        {
            await using var content = VerifyingStream.Of(await blob.OpenAsync(cancellationToken), blob.Descriptor, "its source");
            await tar.WriteAsync(NameOf(blob.Descriptor), blob.Descriptor.Size, content, cancellationToken);
        }
        await WriteTextAsync(tar, OciLayout.MarkerFile, Encoding.UTF8.GetBytes(OciLayout.Marker), cancellationToken);
        var index = new ImageIndex
        {
            MediaType = MediaType.OciIndex,
            Manifests = [.. LayoutName.EntriesOf(tree.Root.Descriptor, [.. names.Select(LayoutName.Of)])],
        };
        await WriteTextAsync(tar, OciLayout.IndexFile, index.ToDocument().Content, cancellationToken);
        if (loaded is not null)
            await WriteManifestAsync(tar, loaded, names, cancellationToken);
        await tar.CompleteAsync(cancellationToken);
    }

    private static async Task WriteManifestAsync(UstarWriter tar, Image loaded, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        // Names in full: podman takes `debian:12` for an image of this machine, `localhost/debian:12`; Docker reads either form.
        var entry = new DockerArchiveEntry
        {
            Config = NameOf(loaded.Config.Descriptor),
            RepoTags = [.. names.Where(name => name.Tag is not null).Select(name => name.WithTag(name.Tag!).ToString())],
            Layers = [.. loaded.Layers.Select(layer => NameOf(layer.Descriptor))],
        };
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes([entry], StoreJson.Default.IReadOnlyListDockerArchiveEntry);
        await WriteTextAsync(tar, OciLayout.ArchiveManifest, manifest, cancellationToken);
    }

    private static string NameOf(Descriptor blob) => $"{OciLayout.BlobsDirectory}/{blob.Digest.Algorithm}/{blob.Digest.Hex}";

    private static async Task WriteTextAsync(UstarWriter tar, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        await using var stream = new MemoryStream(content.ToArray(), writable: false);
        await tar.WriteAsync(name, content.Length, stream, cancellationToken);
    }
}
