// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Net;
using System.Net.Http.Headers;

namespace Kiln.Registry.Push;

/// <summary>A blob, or a piece of one, as the body of a request. It can be sent again, but for a blob that still grows.</summary>
internal sealed class BlobContent : HttpContent
{
    /// <summary>A body at least so long waits for the server's word that it wants it: a refusal then costs no bytes.</summary>
    private const long LongestUnasked = 1 << 20;

    private const int BufferSize = 128 << 10;

    private readonly Func<long, Memory<byte>, CancellationToken, ValueTask<int>> _read;
    private readonly long _from;
    private readonly long? _length;
    private readonly Action<long>? _moved;
    private readonly bool _isLast;

    /// <param name="cursor">The blob.</param>
    /// <param name="from">The piece's first byte.</param>
    /// <param name="to">The byte after its last.</param>
    /// <param name="moved">Told how much of the blob has been sent.</param>
    public BlobContent(BlobCursor cursor, long from, long to, Action<long>? moved)
        : this(cursor.ReadAsync, from, to - from, moved)
    {
        _isLast = to == cursor.Descriptor.Size;
    }

    /// <param name="growing">Bytes that come as they are made; how many there will be is not known.</param>
    /// <param name="moved">Told how much of the blob has been sent.</param>
    public BlobContent(Stream growing, Action<long>? moved)
        : this(ReadOnce(growing), 0, null, moved)
    {
    }

    private BlobContent(Func<long, Memory<byte>, CancellationToken, ValueTask<int>> read, long from, long? length, Action<long>? moved)
    {
        (_read, _from, _length, _moved) = (read, from, length, moved);
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Called whenever the connection took a piece.</summary>
    public Action? Progress { get; set; }

    /// <summary>Called before the source is waited for: that is no fault of the connection.</summary>
    public Action? Waiting { get; set; }

    /// <summary>Called with the number of bytes when all are sent: what comes now is the server's to do.</summary>
    public Action<long>? Sent { get; set; }

    public bool Waits => _length is null or > LongestUnasked;

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        long sent = 0;
        try
        {
            while (true)
            {
                Waiting?.Invoke();
                // A source that checks its bytes does so when it is asked for more than there is.
                int wanted = (int)Math.Min(buffer.Length, (_length ?? long.MaxValue) - sent + (_isLast ? 1 : 0));
                int read = wanted == 0 ? 0 : await _read(_from + sent, buffer.AsMemory(0, wanted), cancellationToken);
                Progress?.Invoke();
                if (read == 0)
                    break;
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                sent += read;
                _moved?.Invoke(_from + sent);
            }
            Sent?.Invoke(sent);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Func<long, Memory<byte>, CancellationToken, ValueTask<int>> ReadOnce(Stream growing)
    {
        long next = 0;
        return async (position, buffer, token) =>
        {
            if (position != next)
                throw new IOException("what was sent already is gone");
            int read = await growing.ReadAsync(buffer, token);
            next += read;
            return read;
        };
    }
}
