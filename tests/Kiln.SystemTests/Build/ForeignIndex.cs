// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Kiln.SystemTests.Build;

/// <summary>An index in a registry whose images are for machines that nobody here has.</summary>
internal static class ForeignIndex
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json", IndexType = "application/vnd.oci.image.index.v1+json";

    public static async Task PushAsync(string registry, string repository, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://{registry}/v2/{repository}/") };
        byte[] config = Encoding.UTF8.GetBytes("""{"architecture":"s390x","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""");
        using HttpResponseMessage upload = await http.PostAsync("blobs/uploads/", null, cancellationToken);
        string separator = upload.Headers.Location!.Query.Length > 0 ? "&" : "?";
        await PutAsync(http, $"{upload.Headers.Location}{separator}digest={Digest(config)}", config, "application/octet-stream", cancellationToken);
        byte[] manifest = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{ManifestType}}","layers":[],
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}} } }
            """);
        await PutAsync(http, $"manifests/{Digest(manifest)}", manifest, ManifestType, cancellationToken);
        string entry = $"\"mediaType\":\"{ManifestType}\",\"digest\":\"{Digest(manifest)}\",\"size\":{manifest.Length}";
        byte[] index = Encoding.UTF8.GetBytes($$"""
            {"schemaVersion":2,"mediaType":"{{IndexType}}","manifests":[
             { {{entry}},"platform":{"os":"linux","architecture":"s390x"} }, { {{entry}},"platform":{"os":"linux","architecture":"ppc64le"} }]}
            """);
        await PutAsync(http, "manifests/latest", index, IndexType, cancellationToken);
    }

    private static async Task PutAsync(HttpClient http, string url, byte[] body, string type, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using HttpResponseMessage answer = await http.PutAsync(url, content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
