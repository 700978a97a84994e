// SPDX-License-Identifier: Apache-2.0
using System.Runtime.ExceptionServices;
using Kiln.Oci;

namespace Kiln.Layers.Blobs;

/// <summary>
/// Reads a stream on a thread of its own, a bounded number of buffers ahead of its reader: unpacking one part of a layer and using the part before
/// it go on at the same time. It owns the stream and the thread; what the stream throws is thrown to the reader, in its place.
/// </summary>
public sealed class ReadAheadStream : ReadOnlyStream
{
    private const int BufferSize = 256 << 10;
    private const int Buffers = 16;

    /// <summary>
    /// Who has to wait sleeps until there is something worth waking for: on a busy machine a thread that goes to sleep for every buffer waits for its
    /// turn longer than it works.
    /// </summary>
    private const int Worthwhile = Buffers / 2;

    private readonly object _gate = new();
    private readonly byte[]?[] _ring = new byte[]?[Buffers];
    private readonly int[] _counts = new int[Buffers];
    private readonly CancellationTokenSource _end;
    private readonly CancellationTokenRegistration _wake;
    private readonly Task _producer;
    private long _written;
    private long _taken;
    private bool _ended;
    private bool _disposed;
    private ExceptionDispatchInfo? _failure;
    private int _position;
    private int _count;

    /// <param name="open">
    /// Opens the stream, on the thread that reads it. The token it is given is cancelled when the reader has had enough: whatever the stream waits
    /// for has to end then.
    /// </param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public ReadAheadStream(Func<CancellationToken, Stream> open, CancellationToken cancellationToken)
    {
        _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _wake = _end.Token.UnsafeRegister(static stream => ((ReadAheadStream)stream!).Wake(), this);
        _producer = Task.Factory.StartNew(() => Produce(open), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_position == _count && !buffer.IsEmpty && !MoveNext())
            return 0;
        int count = Math.Min(buffer.Length, _count - _position);
        _ring[_taken % Buffers].AsSpan(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _end.Cancel();
            _producer.Wait(); // It throws nothing: what the stream threw is the reader's.
            _wake.Dispose();
            _end.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>Gives the present buffer back and takes the next one; false at the end.</summary>
    private bool MoveNext()
    {
        lock (_gate)
        {
            if (_count > 0 && ++_taken == _written - Buffers + Worthwhile)
                Monitor.PulseAll(_gate);
            (_position, _count) = (0, 0);
            if (_written == _taken)
                while (!_ended && _written - _taken < Worthwhile)
                {
                    _end.Token.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate);
                }
            if (_written > _taken)
            {
                _count = _counts[_taken % Buffers];
                return true;
            }
        }
        _failure?.Throw();
        return false;
    }

    private void Produce(Func<CancellationToken, Stream> open)
    {
        try
        {
            using Stream source = open(_end.Token);
            while (true)
            {
                byte[] buffer = TakeEmpty();
                int count = source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                if (count == 0)
                    return;
                lock (_gate)
                {
                    _counts[_written % Buffers] = count;
                    if (++_written - _taken == Worthwhile)
                        Monitor.PulseAll(_gate);
                }
            }
        }
        catch (Exception e)
        {
            _failure = ExceptionDispatchInfo.Capture(e);
        }
        finally
        {
            lock (_gate)
            {
                _ended = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private byte[] TakeEmpty()
    {
        lock (_gate)
        {
            if (_written - _taken == Buffers)
                while (_written - _taken > Buffers - Worthwhile)
                {
                    _end.Token.ThrowIfCancellationRequested();
                    Monitor.Wait(_gate);
                }
            return _ring[_written % Buffers] ??= new byte[BufferSize];
        }
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
