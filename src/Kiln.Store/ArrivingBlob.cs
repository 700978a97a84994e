// SPDX-License-Identifier: Apache-2.0
using System.Runtime.ExceptionServices;
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// A blob on its way into a <see cref="BlobStore"/> that can be read while it arrives. The file is the buffer between the two, so a slow reader
/// never holds the sender up. A reader is told the end only after all bytes were found to be the right ones.
/// </summary>
public sealed class ArrivingBlob
{
    private const int ChunkSize = 256 << 10;

    private readonly object _gate = new();
    private readonly PendingBlob _pending;
    private readonly Descriptor _descriptor;
    private long _arrived;
    private FileBlob? _blob;
    private Exception? _failure;

    internal ArrivingBlob(BlobStore store, IBlobSource source, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        _pending = store.Begin();
        _descriptor = source.Descriptor;
        Completion = ReceiveAsync(source, turns, cancellationToken);
    }

    /// <summary>The blob, complete and checked, or why it never will be.</summary>
    public Task<FileBlob> Completion { get; }

    /// <summary>How many bytes it shall have.</summary>
    internal long Size => _descriptor.Size;

    /// <summary>Reads from the first byte on and waits for those that have not arrived.</summary>
    public Stream OpenRead(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfFailed();
            return _blob is not null ? _blob.Open() : new ArrivingStream(this, _pending.OpenRead(), cancellationToken);
        }
    }

    /// <summary>Waits until there is more than some number of bytes. Result: how many there are; no more than that is the end.</summary>
    internal long WaitFor(long position, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration wake = cancellationToken.UnsafeRegister(static blob => ((ArrivingBlob)blob!).Wake(), this);
        lock (_gate)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ThrowIfFailed();
                if (_arrived > position || _blob is not null)
                    return _arrived;
                Monitor.Wait(_gate);
            }
        }
    }

    private async Task<FileBlob> ReceiveAsync(IBlobSource source, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        try
        {
            await turns.WaitAsync(cancellationToken);
            try
            {
                await CopyAsync(source, cancellationToken);
            }
            finally
            {
                turns.Release();
            }
            lock (_gate)
            {
                _blob = _pending.Commit(_descriptor);
                Monitor.PulseAll(_gate);
                return _blob;
            }
        }
        catch (Exception e)
        {
            lock (_gate)
            {
                _failure = e;
                _pending.Dispose();
                Monitor.PulseAll(_gate);
            }
            throw;
        }
    }

    private async Task CopyAsync(IBlobSource source, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[ChunkSize];
        await using Stream bytes = VerifyingStream.Of(await source.OpenAsync(cancellationToken), _descriptor, "its source");
        while (true)
        {
            int count = await bytes.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
            if (count == 0)
                return;
            await _pending.Stream.WriteAsync(chunk.AsMemory(0, count), cancellationToken);
            await _pending.Stream.FlushAsync(cancellationToken);
            lock (_gate)
            {
                _arrived += count;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
            ExceptionDispatchInfo.Throw(_failure);
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.PulseAll(_gate);
    }
}
