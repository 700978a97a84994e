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
    /// <summary>The blob as a stream that mends broken connections and ends only if the bytes are the right ones.</summary>
    public async Task<Stream> OpenAsync(RegistryCall call, Descriptor blob, CancellationToken cancellationToken)
    {
        HttpResponseMessage first = await GetAsync(call, blob.Digest, 0, cancellationToken);
        Task<HttpResponseMessage> Reopen(long position, CancellationToken token) => GetAsync(call, blob.Digest, position, token);
        var resuming = new ResumingStream(first, Reopen, blob.Size, call, retry, options.StallTimeout, timeProvider);
        return new VerifyingStream(resuming, blob, call.Endpoint.ToString());
    }

    public async Task<bool> ExistsAsync(RegistryCall call, Digest digest, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(HttpMethod.Head, $"blobs/{digest}");
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;
        return response.IsSuccessStatusCode ? true : throw await ResponseErrors.OfAsync(call, response, cancellationToken);
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
