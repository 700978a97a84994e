// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Linux.Compression;

/// <summary>
/// Reads packed bytes through a decoder of the system's: frames may follow each other, and a stream that ends inside one is an error.
/// Owns the stream below.
/// </summary>
public abstract class NativeDecompressionStream : Stream
{
    private readonly Stream _packed;
    private readonly string _format;
    private readonly byte[] _input = new byte[128 * 1024];
    private int _inputStart;
    private int _inputEnd;
    private bool _insideFrame;
    private bool _disposed;

    private protected NativeDecompressionStream(Stream packed, string format) => (_packed, _format) = (packed, format);

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
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (!buffer.IsEmpty)
        {
            bool atEnd = false;
            if (_inputStart == _inputEnd)
            {
                _inputStart = 0;
                _inputEnd = _packed.Read(_input);
                atEnd = _inputEnd == 0;
            }
            DecoderStep step = Decode(_input.AsSpan(_inputStart, _inputEnd - _inputStart), buffer, atEnd);
            _inputStart += step.Consumed;
            // An idle call at a frame's border says nothing.
            if (step.Consumed > 0 || step.Written > 0 || step.FrameEnded)
                _insideFrame = !step.FrameEnded;
            if (step.Written > 0)
                return step.Written;
            if (atEnd)
                return _insideFrame ? throw Broken("it ends inside a frame") : 0;
        }
        return 0;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <summary>Decodes some input into some output.</summary>
    private protected abstract DecoderStep Decode(ReadOnlySpan<byte> input, Span<byte> output, bool atEnd);

    /// <summary>Frees what the decoder holds; called once.</summary>
    private protected abstract void Free();

    private protected InvalidDataException Broken(string why) => new($"the {_format} stream is broken: {why}");

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            Free();
            if (disposing)
                _packed.Dispose();
        }
        base.Dispose(disposing);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
