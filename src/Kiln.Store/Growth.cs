// SPDX-License-Identifier: Apache-2.0
using System.Runtime.ExceptionServices;

namespace Kiln.Store;

/// <summary>How far a file has been written, for whoever reads it meanwhile, on a thread of his own or not. It ends once: complete, or given up.</summary>
internal sealed class Growth
{
    private readonly object _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _length;
    private bool _complete;
    private ExceptionDispatchInfo? _failure;

    internal long Length
    {
        get
        {
            lock (_lock)
                return _length;
        }
    }

    internal void Advance(int count)
    {
        TaskCompletionSource waiting;
        lock (_lock)
        {
            _length += count;
            waiting = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Monitor.PulseAll(_lock);
        }
        waiting.SetResult();
    }

    /// <summary>No more will come, and all is there. The first word counts.</summary>
    internal void Complete()
    {
        lock (_lock)
            _complete = _failure is null;
        Advance(0);
    }

    /// <summary>No more will come, and every reader is told why.</summary>
    internal void Fail(Exception reason)
    {
        lock (_lock)
            if (!_complete)
                _failure ??= ExceptionDispatchInfo.Capture(reason);
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
                if (FindBeyond(length) is { } ready)
                    return ready;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The same for a thread that has nothing else to do: it would wait for a second one if it waited for a task.</summary>
    internal long WaitBeyond(long length, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration wake = cancellationToken.UnsafeRegister(static growth => ((Growth)growth!).Advance(0), this);
        lock (_lock)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (FindBeyond(length) is { } ready)
                    return ready;
                Monitor.Wait(_lock);
            }
        }
    }

    internal void ThrowIfFailed()
    {
        lock (_lock)
            _failure?.Throw();
    }

    private long? FindBeyond(long length)
    {
        ThrowIfFailed();
        return _length > length || _complete ? _length : null;
    }
}
