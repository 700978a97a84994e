// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using Kiln.Oci;

namespace Kiln.Registry.Push;

/// <summary>A blob that is read in pieces, each once as a rule: opened once, and again only where a piece is wanted that lies before.</summary>
internal sealed class BlobCursor(IBlobSource blob) : IAsyncDisposable
{
    private const int BufferSize = 128 << 10;

    private Stream? _stream;
    private long _position;

    public Descriptor Descriptor => blob.Descriptor;

    /// <summary>The next bytes from a position on; 0 at the end.</summary>
    public async ValueTask<int> ReadAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        await GoToAsync(position, cancellationToken);
        int read = await _stream!.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    public ValueTask DisposeAsync() => CloseAsync();

    /// <summary>Opens the blob where the next piece begins. Not left to the first read: a registry that was told of bytes does not wait for them for long.</summary>
    public async Task GoToAsync(long position, CancellationToken cancellationToken)
    {
        if (_stream is null || position < _position)
        {
            await CloseAsync();
            _stream = await blob.OpenAsync(cancellationToken);
        }
        if (position == _position)
            return;
        if (_stream.CanSeek)
            _position = _stream.Seek(position, SeekOrigin.Begin);
        else
            await SkipAsync(position, cancellationToken);
    }

    private async Task SkipAsync(long position, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (_position < position)
            {
                int read = await _stream!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, position - _position)), cancellationToken);
                if (read == 0)
                    throw new EndOfStreamException($"blob `{blob.Descriptor.Digest}` ended after {_position} bytes");
                _position += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_stream is { } stream)
            await stream.DisposeAsync();
        (_stream, _position) = (null, 0);
    }
}
