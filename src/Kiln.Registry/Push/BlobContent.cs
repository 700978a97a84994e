// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Kiln.Oci;

namespace Kiln.Registry.Push;

/// <summary>A blob as the body of a request, opened anew each time the request is sent; one that still grows can be sent once.</summary>
internal sealed class BlobContent : HttpContent
{
    private const int BufferSize = 128 << 10;

    private readonly Func<CancellationToken, ValueTask<Stream>> _open;
    private readonly long? _length;

    public BlobContent(IBlobSource blob)
        : this(blob.OpenAsync, blob.Descriptor.Size)
    {
    }

    /// <param name="growing">Bytes that come as they are made; how many there will be is not known.</param>
    public BlobContent(Stream growing)
        : this(OpenOnce(growing), null)
    {
    }

    private BlobContent(Func<CancellationToken, ValueTask<Stream>> open, long? length)
    {
        (_open, _length) = (open, length);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Called whenever the connection took a piece.</summary>
    public Action? Progress { get; set; }

    /// <summary>Called before the source is waited for: that is no fault of the connection.</summary>
    public Action? Waiting { get; set; }

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using Stream source = await _open(cancellationToken);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                Waiting?.Invoke();
                int read = await source.ReadAsync(buffer, cancellationToken);
                Progress?.Invoke();
                if (read == 0)
                    break;
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Func<CancellationToken, ValueTask<Stream>> OpenOnce(Stream growing)
    {
        Stream? next = growing;
        return _ => new(Interlocked.Exchange(ref next, null) ?? throw new IOException("what was sent already is gone"));
    }
}
