// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Kiln.Linux.Interop;

namespace Kiln.Linux.Compression;

/// <summary>
/// Reads what zstd wrote (RFC 8878), one frame after the other. A stream that ends inside a frame is an error. Owns the stream below.
/// libzstd refuses windows above 128 MiB by itself, so memory is bounded whatever a frame claims.
/// </summary>
public sealed unsafe class ZstdDecompressionStream(Stream compressed) : Stream
{
    private readonly byte[] _input = new byte[128 * 1024];
    private nint _context = Libzstd.CreateDecompressor();
    private int _inputStart;
    private int _inputEnd;
    private bool _insideFrame;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        while (!buffer.IsEmpty)
        {
            bool atEnd = false;
            if (_inputStart == _inputEnd)
            {
                _inputStart = 0;
                _inputEnd = compressed.Read(_input);
                atEnd = _inputEnd == 0;
            }
            int written = Decompress(buffer);
            if (written > 0)
                return written;
            if (atEnd)
                return _insideFrame ? throw new InvalidDataException("the zstd stream ends inside a frame") : 0;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (_context != 0)
            Libzstd.FreeDecompressor(_context);
        _context = 0;
        if (disposing)
            compressed.Dispose();
        base.Dispose(disposing);
    }

    private int Decompress(Span<byte> output)
    {
        fixed (byte* source = _input)
        fixed (byte* target = output)
        {
            var into = new Libzstd.Buffer { Start = target, Size = (nuint)output.Length };
            var from = new Libzstd.Buffer { Start = source, Size = (nuint)_inputEnd, Position = (nuint)_inputStart };
            bool hadInput = _inputStart < _inputEnd;
            nuint result = Libzstd.Decompress(_context, &into, &from);
            if (Libzstd.IsError(result) != 0)
                throw new InvalidDataException($"the zstd stream is broken: {Marshal.PtrToStringUTF8((nint)Libzstd.GetErrorName(result))}");
            _inputStart = (int)from.Position;
            // zstd.h: 0 is returned when a frame is completely decoded and flushed. An idle call at a frame's border says nothing.
            if (hadInput || into.Position > 0)
                _insideFrame = result != 0;
            return (int)into.Position;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
