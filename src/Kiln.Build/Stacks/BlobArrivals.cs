// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;
using Kiln.Store;

namespace Kiln.Build.Stacks;

/// <summary>The downloads of a build: each blob once, a few at a time, in the order they were asked for. It ends those that are under way when it is disposed.</summary>
internal sealed class BlobArrivals(BlobStore blobs, CancellationToken buildToken) : IAsyncDisposable
{
    /// <summary>How many blobs are fetched at the same time.</summary>
    private const int ParallelFetches = 4;

    private readonly Lock _lock = new();
    private readonly Dictionary<Digest, ArrivingBlob> _arriving = [];
    private readonly SemaphoreSlim _turns = new(ParallelFetches);
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(buildToken);

    /// <summary>Whether it is here, or on its way.</summary>
    internal bool Contains(IBlobSource blob)
    {
        lock (_lock)
            return _arriving.ContainsKey(blob.Descriptor.Digest);
    }

    /// <summary>Begins to fetch a blob, if nobody has yet.</summary>
    internal ArrivingBlob Begin(IBlobSource blob)
    {
        lock (_lock)
        {
            if (!_arriving.TryGetValue(blob.Descriptor.Digest, out ArrivingBlob? arriving))
                _arriving[blob.Descriptor.Digest] = arriving = blobs.BeginAdd(blob, _turns, _end.Token);
            return arriving;
        }
    }

    /// <summary>How far the downloads are. One that failed is no longer waited for.</summary>
    internal (long Arrived, long Size) Count()
    {
        lock (_lock)
            return (_arriving.Values.Sum(Arrived), _arriving.Values.Sum(blob => blob.Completion.IsCompleted ? Arrived(blob) : blob.Size));

        static long Arrived(ArrivingBlob blob) => blob.Completion.IsCompletedSuccessfully ? blob.Size : blob.Arrived;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        foreach (ArrivingBlob arriving in _arriving.Values)
            await ((Task)arriving.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _turns.Dispose();
        _end.Dispose();
    }
}
