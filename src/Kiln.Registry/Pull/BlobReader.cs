// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>GET and HEAD of `/v2/NAME/blobs/DIGEST`.</summary>
internal sealed class BlobReader(RegistryTransport transport, RetryPolicy retry, RegistryOptions options, TimeProvider timeProvider)
{
    /// <summary>The blob as a stream that mends broken connections and ends only if the bytes are the right ones. It gives the turn back with its end.</summary>
    public async Task<Stream> OpenAsync(RegistryCall call, Descriptor blob, IDisposable turn, CancellationToken cancellationToken)
    {
        HttpResponseMessage first = await GetAsync(call, blob.Digest, 0, cancellationToken);
        Task<HttpResponseMessage> Reopen(long position, CancellationToken token) => GetAsync(call, blob.Digest, position, token);
        var resuming = new ResumingStream(first, Reopen, blob.Size, call, retry, options, timeProvider, turn);
        return new VerifyingStream(resuming, blob, call.Endpoint.ToString());
    }

    /// <summary>
    /// Whether the repository has a blob. A server that speaks of another digest or size does not mean this one, and one that does not know the question has
    /// to be sent the blob.
    /// </summary>
    public async Task<bool> ExistsAsync(RegistryCall call, Descriptor blob, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await HeadAsync(call, blob.Digest, cancellationToken);
        return response.IsSuccessStatusCode
            && (ManifestReader.DigestOf(response) ?? blob.Digest) == blob.Digest
            && (response.Content.Headers.ContentLength is not { } size || size == 0 || size == blob.Size);
    }

    public async Task<bool> ExistsAsync(RegistryCall call, Digest digest, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await HeadAsync(call, digest, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    private async Task<HttpResponseMessage> HeadAsync(RegistryCall call, Digest digest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(HttpMethod.Head, $"blobs/{digest}");
        HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode
            || response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
            return response;
        using (response)
            throw await ResponseErrors.OfAsync(call, response, cancellationToken);
    }

    private async Task<HttpResponseMessage> GetAsync(RegistryCall call, Digest digest, long position, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(HttpMethod.Get, $"blobs/{digest}");
        if (position > 0)
            request.Headers.Range = new RangeHeaderValue(position, null);
        HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent)
            return response;
        using (response)
            throw await ResponseErrors.OfAsync(call, response, cancellationToken);
    }
}
