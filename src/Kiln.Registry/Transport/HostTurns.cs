// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Kiln.Registry.Transport;

/// <summary>Bounds how many blobs move to a host at a time, and how many from it. Who sends may wait for who fetches, never the other way round.</summary>
internal sealed class HostTurns(int atATime) : IDisposable
{
    private readonly ConcurrentDictionary<(string Host, RegistryAccess Access), SemaphoreSlim> _turns = new();

    public async Task<IDisposable> TakeAsync(string host, RegistryAccess access, CancellationToken cancellationToken)
    {
        SemaphoreSlim turns = _turns.GetOrAdd((host, access), _ => new SemaphoreSlim(atATime));
        await turns.WaitAsync(cancellationToken);
        return new Turn(turns);
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim turns in _turns.Values)
            turns.Dispose();
    }

    /// <summary>The right to move a blob, until disposed.</summary>
    private sealed class Turn(SemaphoreSlim turns) : IDisposable
    {
        private int _taken = 1;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _taken, 0) == 1)
                turns.Release();
        }
    }
}
