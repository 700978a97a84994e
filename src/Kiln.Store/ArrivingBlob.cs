// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Store;

/// <summary>
/// A blob on its way into a <see cref="BlobStore"/> that can be read while it arrives. The file is the buffer between the two, so a slow reader
/// never holds the sender up. A reader is told the end only after all bytes were found to be the right ones.
/// </summary>
public sealed class ArrivingBlob
{
    private const int ChunkSize = 256 << 10;

    private readonly Lock _lock = new();
    private readonly PendingBlob _pending;
    private readonly Descriptor _descriptor;
    private FileBlob? _blob;

    internal ArrivingBlob(BlobStore store, IBlobSource source, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        _pending = store.Begin();
        _descriptor = source.Descriptor;
        Completion = ReceiveAsync(source, turns, cancellationToken);
    }

    /// <summary>The blob, complete and checked, or why it never will be.</summary>
    public Task<FileBlob> Completion { get; }

    /// <summary>How many bytes it shall have.</summary>
    public long Size => _descriptor.Size;

    /// <summary>How many bytes of it are here.</summary>
    public long Arrived => _pending.Length;

    /// <summary>Reads from the first byte on and waits for those that have not arrived.</summary>
    public Stream OpenRead(CancellationToken cancellationToken)
    {
        lock (_lock)
            return _blob is not null ? _blob.Open() : _pending.OpenArriving(_descriptor.Size, cancellationToken);
    }

    private async Task<FileBlob> ReceiveAsync(IBlobSource source, SemaphoreSlim turns, CancellationToken cancellationToken)
    {
        // Whoever begins it, perhaps under a lock, is not held up.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
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
            // The file changes its name here.
            lock (_lock)
                return _blob = _pending.Commit(_descriptor);
        }
        catch (Exception e)
        {
            lock (_lock)
            {
                _pending.Fail(e);
                _pending.Dispose();
            }
            throw;
        }
    }

    private async Task CopyAsync(IBlobSource source, CancellationToken cancellationToken)
    {
        await using Stream bytes = VerifyingStream.Of(await source.OpenAsync(cancellationToken), _descriptor, "its source");
        await bytes.CopyToAsync(_pending.Stream, ChunkSize, cancellationToken);
    }
}
