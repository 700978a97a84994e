// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;

namespace Kiln.Cli.Rendering.Live;

/// <summary>How fast layers move, over the last few seconds.</summary>
internal sealed class TransferRate(TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    private readonly Queue<(long Time, TransferState State)> _samples = new();

    internal void Add(TransferState state)
    {
        _samples.Enqueue((time.GetTimestamp(), state));
        while (_samples.Count > 2 && time.GetElapsedTime(_samples.Peek().Time) > Window)
            _samples.Dequeue();
    }

    /// <summary>Bytes a second that arrive.</summary>
    internal long Fetching => Rate(state => state.Fetched);

    /// <summary>Bytes a second that are sent.</summary>
    internal long Sending => Rate(state => state.Sent);

    private long Rate(Func<TransferState, long> count)
    {
        if (_samples.Count < 2)
            return 0;
        TimeSpan span = time.GetElapsedTime(_samples.Peek().Time);
        return span <= TimeSpan.Zero ? 0 : (long)((count(_samples.Last().State) - count(_samples.Peek().State)) / span.TotalSeconds);
    }
}
