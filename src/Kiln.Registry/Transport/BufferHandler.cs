// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;

namespace Kiln.Registry.Transport;

/// <summary>
/// Reads the bodies that are not blobs before the response is handed on, so that a connection that breaks in one is tried again like
/// any other, and no server can fill the memory.
/// </summary>
internal sealed class BufferHandler : DelegatingHandler
{
    /// <summary>Registries refuse manifests above 4 MiB.</summary>
    public const int MaxDocumentSize = 8 << 20;

    private const int MaxErrorSize = 64 << 10;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        RegistryCall call = RegistryCall.Of(request);
        if (response.IsSuccessStatusCode && call.StreamsBody)
            return response;
        try
        {
            await BufferAsync(response, call, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task BufferAsync(HttpResponseMessage response, RegistryCall call, CancellationToken cancellationToken)
    {
        int limit = response.IsSuccessStatusCode ? MaxDocumentSize : MaxErrorSize;
        using HttpContent content = response.Content;
        using var buffer = new MemoryStream();
        await using Stream body = await content.ReadAsStreamAsync(cancellationToken);
        byte[] piece = new byte[16 << 10];
        int read;
        while (buffer.Length <= limit && (read = await body.ReadAsync(piece, cancellationToken)) > 0)
            buffer.Write(piece, 0, read);

        if (buffer.Length > limit && response.IsSuccessStatusCode)
            throw ResponseErrors.Protocol(call, $"answered with more than {limit} bytes");
        response.Content = new ByteArrayContent(buffer.GetBuffer(), 0, (int)Math.Min(buffer.Length, limit));
        foreach ((string name, HeaderStringValues values) in content.Headers.NonValidated)
        {
            if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                response.Content.Headers.TryAddWithoutValidation(name, values);
        }
    }
}
