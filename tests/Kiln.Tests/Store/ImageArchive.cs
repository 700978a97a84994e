// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Kiln.Oci;

namespace Kiln.Tests.Store;

/// <summary>An archive of images, written by hand in whatever form a test wants.</summary>
internal sealed class ImageArchive : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly TarWriter _tar;

    public ImageArchive() => _tar = new TarWriter(_bytes, TarEntryFormat.Gnu, leaveOpen: true);

    /// <summary>A layer's plain bytes: a tar of one file.</summary>
    public static byte[] Layer(string word)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, word) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(word)) });
        return bytes.ToArray();
    }

    public static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(plain);
        return packed.ToArray();
    }

    public static byte[] Config(params byte[][] layers) => new ImageConfig
    {
        Os = "linux",
        Architecture = "amd64",
        RootFs = new RootFs { DiffIds = [.. layers.Select(layer => Digest.Sha256(layer))] },
    }.ToDocument(ImageFormat.Docker).Content.ToArray();

    public ImageArchive File(string name, byte[] content)
    {
        _tar.WriteEntry(new GnuTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return this;
    }

    public ImageArchive Link(TarEntryType type, string name, string target)
    {
        _tar.WriteEntry(new GnuTarEntry(type, name) { LinkName = target });
        return this;
    }

    /// <summary>`manifest.json` with these images.</summary>
    public ImageArchive Manifest(params (string Config, string[]? Tags, string[] Layers)[] images) => File(
        "manifest.json", JsonSerializer.SerializeToUtf8Bytes(images.Select(image => new { image.Config, RepoTags = image.Tags, image.Layers })));

    public byte[] ToArray()
    {
        _tar.Dispose();
        return _bytes.ToArray();
    }

    public void Dispose() => _tar.Dispose();
}
