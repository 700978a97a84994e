// SPDX-License-Identifier: Apache-2.0
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Kiln.SystemTests.Build;

/// <summary>
/// An image as the registry serves it, read without any of Kiln's own code. Everything that it claims of itself is recomputed: digest and size of
/// manifest, configuration and layers, and the layers' diff ids.
/// </summary>
internal sealed class PushedImage
{
    private PushedImage(string digest, byte[] manifest, JsonElement config, IReadOnlyList<byte[]> layers) =>
        (Digest, Manifest, Config, Layers) = (digest, manifest, config, layers);

    public string Digest { get; }

    public byte[] Manifest { get; }

    public JsonElement Config { get; }

    /// <summary>Plain tars, the lowest first.</summary>
    public IReadOnlyList<byte[]> Layers { get; }

    public static async Task<PushedImage> FetchAsync(string reference, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        (string host, string repository, string tag) = Split(reference);
        using HttpResponseMessage answer = await http.SendAsync(ManifestRequest(host, repository, tag), cancellationToken);
        answer.EnsureSuccessStatusCode();
        byte[] manifest = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        Assert.Equal(DigestOf(manifest), answer.Headers.GetValues("Docker-Content-Digest").Single());

        JsonElement document = JsonDocument.Parse(manifest).RootElement;
        JsonElement config = JsonDocument.Parse(await BlobAsync(document.GetProperty("config"))).RootElement;
        var layers = new List<byte[]>();
        foreach (JsonElement layer in document.GetProperty("layers").EnumerateArray())
            layers.Add(Unpack(await BlobAsync(layer)));
        Assert.Equal(config.GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray().Select(id => id.GetString()), layers.Select(DigestOf));
        Assert.Equal(
            layers.Count,
            config.GetProperty("history").EnumerateArray().Count(entry => !entry.TryGetProperty("empty_layer", out JsonElement empty) || !empty.GetBoolean()));
        return new PushedImage(DigestOf(manifest), manifest, config, layers);

        async Task<byte[]> BlobAsync(JsonElement descriptor)
        {
            string digest = descriptor.GetProperty("digest").GetString()!;
            byte[] bytes = await http.GetByteArrayAsync($"http://{host}/v2/{repository}/blobs/{digest}", cancellationToken);
            Assert.Equal(digest, DigestOf(bytes));
            Assert.Equal(descriptor.GetProperty("size").GetInt64(), bytes.Length);
            return bytes;
        }
    }

    /// <summary>Whether the registry knows the tag.</summary>
    public static async Task<bool> ExistsAsync(string reference, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        (string host, string repository, string tag) = Split(reference);
        using HttpResponseMessage answer = await http.SendAsync(ManifestRequest(host, repository, tag), cancellationToken);
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Every entry of every layer, without its time: `2 0755 0:0 RegularFile bin/a 12 CONTENT`.</summary>
    public IReadOnlyList<string> List() => [.. Layers.SelectMany((layer, number) => Entries(layer).Select(entry => $"{number} {Describe(entry)}"))];

    /// <summary>The content of a file in the newest layer that has it.</summary>
    public string? FindText(string path) =>
        Layers.Reverse().Select(layer => Entries(layer).FirstOrDefault(entry => entry.Name == path)).FirstOrDefault(entry => entry is not null) is { } found
            ? Encoding.UTF8.GetString(Content(found))
            : null;

    public static IReadOnlyList<TarEntry> Entries(byte[] layer)
    {
        using var reader = new TarReader(new MemoryStream(layer));
        var entries = new List<TarEntry>();
        while (reader.GetNextEntry(copyData: true) is { } entry)
            entries.Add(entry);
        return entries;
    }

    private static string Describe(TarEntry entry) =>
        $"{Convert.ToString((int)entry.Mode, 8).PadLeft(4, '0')} {entry.Uid}:{entry.Gid} {entry.EntryType} {entry.Name} {entry.LinkName} {entry.Length} "
        + Convert.ToHexString(SHA256.HashData(Content(entry)));

    private static byte[] Content(TarEntry entry)
    {
        using var copy = new MemoryStream();
        entry.DataStream?.CopyTo(copy);
        return copy.ToArray();
    }

    private static HttpRequestMessage ManifestRequest(string host, string repository, string tag)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host}/v2/{repository}/manifests/{tag}");
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json");
        request.Headers.Accept.ParseAdd("application/vnd.docker.distribution.manifest.v2+json");
        return request;
    }

    private static (string Host, string Repository, string Tag) Split(string reference)
    {
        int slash = reference.IndexOf('/'), colon = reference.LastIndexOf(':');
        return (reference[..slash], reference[(slash + 1)..colon], reference[(colon + 1)..]);
    }

    private static byte[] Unpack(byte[] layer)
    {
        using var gzip = new GZipStream(new MemoryStream(layer), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private static string DigestOf(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
