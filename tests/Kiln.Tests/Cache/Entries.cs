// SPDX-License-Identifier: Apache-2.0
using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kiln.Cache;
using Kiln.Oci;

namespace Kiln.Tests.Cache;

/// <summary>Entries and their layers.</summary>
internal static class Entries
{
    public static readonly Gen<CacheEntry> Any =
        from word in Gen.Choose(0, int.MaxValue)
        from parent in Gen.Elements("", "a", "b")
        from layer in Gen.Elements("", "x", "y")
        from title in Gen.Elements("RUN make", "", "COPY \u00e9 /\u4e2d", "RUN <<EOF\n\t\"a\" & <b>\nEOF", new string('t', 600), "half \ud83d")
        from seconds in Gen.Choose(0, int.MaxValue)
        from parts in Gen.Choose(0, 3)
        select Of($"{word}", layer.Length == 0 ? null : Layer(layer)) with
        {
            Parent = parent.Length == 0 ? null : Digest.Sha256(Encoding.UTF8.GetBytes(parent)),
            Title = title,
            Created = Timestamp.FromUnixTimeSeconds(seconds),
            Parts = [.. Enumerable.Range(0, parts).Select(i => new KeyPart($"file {i}", $"\"{title}\u00e9\\"[^3..]))],
        };

    public static CacheEntry Of(string word, IBlobSource? layer = null) => new()
    {
        Key = new CacheKey(Digest.Sha256(Encoding.UTF8.GetBytes(word))),
        Parent = Digest.Sha256("base"u8),
        Layer = layer is null ? null : new CachedLayer(layer.Descriptor, Digest.Sha256("plain"u8)),
        Created = Timestamp.Parse("2026-01-02T03:04:05.123456789Z"),
        Title = "RUN " + word,
        Parts = [new KeyPart("instruction", "RUN " + word)],
    };

    /// <summary>A layer of other bytes than it should have, by its descriptor alone: what counts here is that they come back.</summary>
    public static RawDocument Layer(string word) => new(MediaType.OciLayerGzip, Encoding.UTF8.GetBytes(word));

    /// <summary>A layer, really packed, with its diff id.</summary>
    public static (RawDocument Blob, CacheEntry Entry) Packed(string word)
    {
        byte[] plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(word, 1000)));
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(plain);
        var blob = new RawDocument(MediaType.OciLayerGzip, packed.ToArray());
        return (blob, Of(word) with { Layer = new CachedLayer(blob.Descriptor, Digest.Sha256(plain)) });
    }

    /// <summary>All that a hit hands on, as text: what two are compared by.</summary>
    public static string Describe(CacheEntry? entry) => entry is null
        ? "nothing"
        : $"{entry.Key} {entry.Parent} {entry.Layer?.Descriptor} {entry.Layer?.DiffId} {entry.Created} {entry.Title}";

    public static async Task<string> ReadAsync(IBlobSource blob, CancellationToken cancellationToken)
    {
        await using Stream stream = await blob.OpenAsync(cancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
