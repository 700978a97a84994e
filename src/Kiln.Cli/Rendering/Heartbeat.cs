// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Cli.Rendering;

/// <summary>Beats when nothing was said for ten seconds, and ten seconds later again, so that nobody takes a slow step for a builder that hangs.</summary>
internal sealed class Heartbeat : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _time;
    private readonly Action _beat;
    private readonly ITimer _timer;
    private long _heard;

    /// <param name="time">The clock.</param>
    /// <param name="beat">Called by a thread of the pool. What it says is to be told by <see cref="Hear"/> as anything else.</param>
    internal Heartbeat(TimeProvider time, Action beat)
    {
        (_time, _beat, _heard) = (time, beat, time.GetTimestamp());
        _timer = time.CreateTimer(_ => Listen(), null, Silence, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something was said just now.</summary>
    internal void Hear() => Volatile.Write(ref _heard, _time.GetTimestamp());

    public void Dispose() => _timer.Dispose();

    private void Listen()
    {
        TimeSpan quiet = _time.GetElapsedTime(Volatile.Read(ref _heard));
        if (quiet >= Silence)
        {
            _beat();
            quiet = TimeSpan.Zero;
        }
        _timer.Change(Silence - quiet, Timeout.InfiniteTimeSpan);
    }
}
