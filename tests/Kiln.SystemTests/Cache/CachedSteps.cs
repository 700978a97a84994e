// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Text;
using Kiln.Cache;
using Kiln.Oci;

namespace Kiln.SystemTests.Cache;

/// <summary>Results of steps that never ran, with layers that are really packed.</summary>
internal static class CachedSteps
{
    public static (RawDocument Layer, CacheEntry Entry) Create(string word)
    {
        byte[] plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(word + "\n", 5000)));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(plain);
        var layer = new RawDocument(MediaType.OciLayerGzip, packed.ToArray());
        return (layer, new CacheEntry
        {
            Key = new CacheKey(Digest.Sha256(Encoding.UTF8.GetBytes(word))),
            Parent = null,
            Layer = new CachedLayer(layer.Descriptor, Digest.Sha256(plain)),
            Created = Timestamp.Parse("2026-01-02T03:04:05Z"),
            Title = "RUN " + word,
            Parts = [new KeyPart("instruction", "RUN " + word)],
        });
    }
}
