// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Tests.Registry;

/// <summary>A clock that goes only when it is told to, and its timers with it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _now;

    public void Advance(TimeSpan by)
    {
        ManualTimer[] due;
        lock (_lock)
        {
            _now += by;
            due = [.. _timers.Where(t => t.Due <= _now)];
            foreach (ManualTimer timer in due)
                timer.Due = timer.Period > TimeSpan.Zero ? _now + timer.Period : null;
        }
        foreach (ManualTimer timer in due)
            timer.Fire();
    }

    /// <summary>The time of day it began at; the machine's goes on where nothing is said.</summary>
    public DateTimeOffset? Start { get; init; }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return Start + _now ?? base.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        lock (_lock)
            return _now.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, () => callback(state));
        lock (_lock)
            _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public TimeSpan Period { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
                (Period, Due) = (period, dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (time._lock)
                time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
