// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Store;

/// <summary>How far a file has been written, for whoever reads it meanwhile. It ends once: complete, or given up.</summary>
internal sealed class Growth
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _length;
    private bool? _complete;

    internal void Advance(int count)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            _length += count;
            waiting = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        waiting.SetResult();
    }

    /// <summary>No more will come. The first word counts.</summary>
    internal void End(bool complete)
    {
        lock (_lock)
            _complete ??= complete;
        Advance(0);
    }

    /// <summary>Waits until there is more than so much, or all; says how much there is.</summary>
    internal async ValueTask<long> WaitBeyondAsync(long length, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_complete is false)
                    throw new IOException("the blob was given up while it was written");
                if (_length > length || _complete is true)
                    return _length;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }
}
