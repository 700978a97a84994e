// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>
/// Counts the bytes of blobs as they move, and says every few seconds how far they are, so that nobody takes a slow network for a program that hangs. Disposed of,
/// it is silent.
/// </summary>
internal sealed class TransferMeter : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _what;
    private readonly long _total;
    private readonly Action<BuildEvent> _report;
    private readonly PeriodicTimer _timer;
    private readonly Task _reporting;
    private readonly ConcurrentDictionary<object, long> _parts = new();

    /// <param name="what">What is done, as `sent`.</param>
    /// <param name="total">How many bytes there are, at most.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Where events go.</param>
    internal TransferMeter(string what, long total, TimeProvider time, Action<BuildEvent> report)
    {
        (_what, _total, _report) = (what, total, report);
        _timer = new PeriodicTimer(Interval, time);
        _reporting = ReportAsync();
    }

    /// <summary>Begins a part: what this returns is told how many of its bytes moved so far.</summary>
    internal Action<long> BeginPart()
    {
        object part = new();
        return moved => _parts[part] = moved;
    }

    /// <summary>A blob whose bytes count when they are read.</summary>
    internal IBlobSource Watch(IBlobSource blob) => new WatchedBlob(BeginPart(), blob);

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _reporting;
    }

    private async Task ReportAsync()
    {
        while (await _timer.WaitForNextTickAsync())
            _report(new Progress($"{_what} {ByteCount.Format(_parts.Values.Sum())} of {ByteCount.Format(_total)}"));
    }

    /// <summary>A blob that is opened again is read again: what the first attempt counted does not count.</summary>
    private sealed class WatchedBlob(Action<long> moved, IBlobSource blob) : IBlobSource
    {
        public Descriptor Descriptor => blob.Descriptor;

        public ImageReference? Origin => blob.Origin;

        public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
        {
            VerifyingStream stream = VerifyingStream.Of(await blob.OpenAsync(cancellationToken), Descriptor, "its source");
            long count = 0;
            stream.Progress = bytes => moved(count += bytes);
            return stream;
        }
    }
}
