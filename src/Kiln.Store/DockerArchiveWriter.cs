// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// Writes an image as `docker save` does, for `docker load` and `podman load`. `manifest.json` comes last: without it an archive that
/// broke off is none. The same image makes the same bytes.
/// </summary>
public static class DockerArchiveWriter
{
    public static async Task WriteAsync(string path, Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        await using var file = new DiskStream(path);
        await WriteAsync(file, image, names, cancellationToken);
        await file.FlushAsync(cancellationToken);
    }

    public static async Task WriteAsync(
        Stream destination, Image image, IReadOnlyList<ImageReference> names, CancellationToken cancellationToken)
    {
        var tar = new UstarWriter(destination);
        string config = image.Config.Digest.ToString();
        await WriteBlobAsync(tar, config, image.Config, cancellationToken);
        foreach (IBlobSource layer in image.Layers.DistinctBy(layer => layer.Descriptor.Digest))
            await WriteBlobAsync(tar, NameOf(layer.Descriptor), layer, cancellationToken);

        // Names in full: podman takes `debian:12` for an image of this machine, `localhost/debian:12`; Docker reads either form.
        DockerArchiveEntry entry = new(
            config,
            [.. names.Where(name => name.Tag is not null).Select(name => name.WithTag(name.Tag!).ToString())],
            [.. image.Layers.Select(layer => NameOf(layer.Descriptor))]);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes([entry], StoreJson.Default.IReadOnlyListDockerArchiveEntry);
        await tar.WriteAsync("manifest.json", manifest.Length, new MemoryStream(manifest), cancellationToken);
        await tar.CompleteAsync(cancellationToken);
    }

    private static string NameOf(Descriptor layer) => layer.Digest.Hex + layer.MediaType.Compression switch
    {
        LayerCompression.None => ".tar",
        LayerCompression.Gzip => ".tar.gz",
        LayerCompression.Zstd => ".tar.zst",
    };

    private static async Task WriteBlobAsync(UstarWriter tar, string name, IBlobSource blob, CancellationToken cancellationToken)
    {
        if (blob.Descriptor.MediaType.IsForeignLayer)
            throw DiagnosticRules.ImageUnwritable.Error(
                $"layer `{blob.Descriptor.Digest}` may not be distributed, so it cannot be written to an archive");
        await using var content = new VerifyingStream(await blob.OpenAsync(cancellationToken), blob.Descriptor, "its source");
        await tar.WriteAsync(name, blob.Descriptor.Size, content, cancellationToken);
    }
}
