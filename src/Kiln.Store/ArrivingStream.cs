// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Store;

/// <summary>The bytes of an <see cref="ArrivingBlob"/>, read behind the one who writes them. It can go back, but not ahead.</summary>
internal sealed class ArrivingStream(SafeFileHandle file, Growth growth, long size, CancellationToken cancellationToken) : ReadOnlyStream
{
    private long _position;
    private long _arrived;

    public override bool CanSeek => true;

    /// <summary>What was promised.</summary>
    public override long Length => size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        if (_position >= _arrived)
            _arrived = growth.WaitBeyond(_position, cancellationToken);
        int count = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, _arrived - _position)], _position);
        _position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override long Seek(long offset, SeekOrigin origin)
    {
        long to = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => throw new NotSupportedException("where the blob ends is not known yet"),
        };
        return to >= 0 && to <= _arrived ? _position = to : throw new IOException("those bytes have not arrived");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
