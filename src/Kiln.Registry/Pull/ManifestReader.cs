// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using Kiln.Diagnostics;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>GET and HEAD of `/v2/NAME/manifests/REFERENCE`.</summary>
internal sealed class ManifestReader(RegistryTransport transport)
{
    private static readonly string Accepted = string.Join(
        ", ", MediaType.OciManifest, MediaType.OciIndex, MediaType.DockerManifest, MediaType.DockerIndex);

    /// <summary>The document, held against the digest that was asked for, and against the one that the registry names.</summary>
    public async Task<RawDocument> GetAsync(RegistryCall call, string tagOrDigest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(call, HttpMethod.Get, tagOrDigest);
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        return await ReadAsync(call, tagOrDigest, response, cancellationToken);
    }

    /// <summary>The same, null where there is none.</summary>
    public async Task<RawDocument?> FindAsync(RegistryCall call, string tagOrDigest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(call, HttpMethod.Get, tagOrDigest);
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(call, tagOrDigest, response, cancellationToken);
    }

    /// <summary>`Docker-Content-Digest`, where there is one that can be read.</summary>
    public static Digest? DigestOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Docker-Content-Digest", out IEnumerable<string>? values) && Digest.TryParse(values.First(), out Digest digest) ? digest : null;

    /// <summary>What a tag stands for, as the registry says, or by the manifest itself where it does not say; null where there is no such tag.</summary>
    public async Task<Digest?> FindDigestAsync(RegistryCall call, string tagOrDigest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(call, HttpMethod.Head, tagOrDigest);
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (response.StatusCode != HttpStatusCode.OK)
            throw await ResponseErrors.OfAsync(call, response, cancellationToken);
        return DigestOf(response) ?? (await GetAsync(call, tagOrDigest, cancellationToken)).Digest;
    }

    private static async Task<RawDocument> ReadAsync(RegistryCall call, string tagOrDigest, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
            throw await ResponseErrors.OfAsync(call, response, cancellationToken);
        byte[] content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        if (Digest.TryParse(tagOrDigest, out Digest digest) && !digest.Matches(content))
            throw DiagnosticRules.ContentMismatch.Error(
                $"cannot {call.Action}: the manifest from `{call.Endpoint.Host}` does not have the digest `{digest}`");
        if (DigestOf(response) is { } said && !said.Matches(content))
            throw DiagnosticRules.ContentMismatch.Error(
                $"cannot {call.Action}: the manifest from `{call.Endpoint.Host}` does not have the digest `{said}` that comes with it");
        return new RawDocument(TypeOf(call, response, content), content);
    }

    private static HttpRequestMessage Request(RegistryCall call, HttpMethod method, string tagOrDigest)
    {
        HttpRequestMessage request = call.Request(method, $"manifests/{tagOrDigest}");
        request.Headers.TryAddWithoutValidation("Accept", Accepted);
        return request;
    }

    // The header decides; servers that keep documents as mere files send a general type, then the document's own word counts.
    private static MediaType TypeOf(RegistryCall call, HttpResponseMessage response, byte[] content)
    {
        var header = new MediaType(response.Content.Headers.ContentType?.MediaType ?? "");
        if (header.IsManifest || header.IsIndex)
            return header;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var own = new MediaType(document.RootElement.TryGetProperty("mediaType", out JsonElement text) ? text.ToString() : "");
                if (own.IsManifest || own.IsIndex)
                    return own;
                if (document.RootElement.TryGetProperty("manifests", out _))
                    return MediaType.OciIndex;
                if (document.RootElement.TryGetProperty("config", out _))
                    return MediaType.OciManifest;
            }
        }
        catch (JsonException)
        {
        }
        throw DiagnosticRules.MalformedImage.Error(
            $"cannot {call.Action}: `{call.Endpoint.Host}` answered with `{header}`, which is no manifest and no index");
    }
}
