// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Kiln.Oci;

namespace Kiln.Registry.Push;

/// <summary>A blob as the body of a request, opened anew each time the request is sent.</summary>
internal sealed class BlobContent : HttpContent
{
    private const int BufferSize = 128 << 10;

    private readonly IBlobSource _blob;

    public BlobContent(IBlobSource blob)
    {
        _blob = blob;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Called whenever the connection took a piece.</summary>
    public Action? Progress { get; set; }

    protected override bool TryComputeLength(out long length)
    {
        length = _blob.Descriptor.Size;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using Stream source = await _blob.OpenAsync(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                Progress?.Invoke();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
