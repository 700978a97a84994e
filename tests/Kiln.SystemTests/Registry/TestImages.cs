// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Security.Cryptography;
using Kiln.Oci;

namespace Kiln.SystemTests.Registry;

/// <summary>Images whose layers are real tars, and large enough to arrive in pieces.</summary>
internal static class TestImages
{
    public static Image Create(ImageFormat format, int size = 1 << 20)
    {
        byte[] tar = Tar("data", RandomNumberGenerator.GetBytes(size));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(tar);
        var layer = new RawDocument(MediaType.Layer(format, LayerCompression.Gzip), packed.ToArray());
        var config = new ImageConfig
        {
            Os = "linux",
            Architecture = "amd64",
            Created = Timestamp.FromUnixTimeSeconds(1),
            Config = new ContainerConfig { Cmd = ["/data"], Env = ["PATH=/bin"] },
            History = [new HistoryEntry { CreatedBy = "COPY data /", Created = Timestamp.FromUnixTimeSeconds(1) }],
            RootFs = new RootFs { DiffIds = [Digest.Sha256(tar)] },
        };
        return Image.Create(config, [layer], format);
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        return tar.ToArray();
    }
}
