// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Linux.Processes;
using Microsoft.Win32.SafeHandles;

namespace Kiln.Sandbox.Guest.Programs;

/// <summary>What callers have handed over and is not fetched. A caller may be killed before it has called again, and its number be given to another thread: that one gets nothing.</summary>
internal sealed class BorrowedDescriptors : IDisposable
{
    private readonly ConcurrentDictionary<int, (ThreadMark Owner, SafeFileHandle? Descriptor)> _entries = new();

    /// <summary>While the thread is traced, so that the number is its own.</summary>
    public void Add(int threadId, SafeFileHandle? descriptor)
    {
        foreach ((int other, (ThreadMark owner, _)) in _entries)
            if (other == threadId || !owner.IsAlive)
                Take(other);
        _entries[threadId] = (ThreadMark.Of(threadId), descriptor);
    }

    public bool TryTake(int threadId, out SafeFileHandle? descriptor)
    {
        descriptor = null;
        if (!_entries.TryRemove(threadId, out (ThreadMark Owner, SafeFileHandle? Descriptor) entry))
            return false;
        using (entry.Owner)
        {
            if (entry.Owner.IsAlive)
            {
                descriptor = entry.Descriptor;
                return true;
            }
        }
        entry.Descriptor?.Dispose();
        return false;
    }

    public void Dispose()
    {
        foreach (int threadId in _entries.Keys)
            Take(threadId);
    }

    private void Take(int threadId)
    {
        if (!_entries.TryRemove(threadId, out (ThreadMark Owner, SafeFileHandle? Descriptor) entry))
            return;
        entry.Owner.Dispose();
        entry.Descriptor?.Dispose();
    }
}
