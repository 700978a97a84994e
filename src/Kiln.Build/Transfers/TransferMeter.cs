// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;
using Kiln.Oci;

namespace Kiln.Build.Transfers;

/// <summary>
/// Counts the bytes of blobs as they are read, and says every few seconds how far they are, so that nobody takes a slow network for a program that hangs. Disposed of,
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
    private long _done;

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

    internal IBlobSource Watch(IBlobSource blob) => new WatchedBlob(this, blob);

    /// <summary>Bytes that moved, or need not.</summary>
    internal void Count(long count) => Interlocked.Add(ref _done, count);

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _reporting;
    }

    private async Task ReportAsync()
    {
        while (await _timer.WaitForNextTickAsync())
            _report(new Progress($"{_what} {ByteCount.Format(Math.Min(_total, Interlocked.Read(ref _done)))} of {ByteCount.Format(_total)}"));
    }

    /// <summary>A blob that is opened again is sent again: what the first attempt counted does not count.</summary>
    private sealed class WatchedBlob(TransferMeter meter, IBlobSource blob) : IBlobSource
    {
        private long _count;

        public Descriptor Descriptor => blob.Descriptor;

        public ImageReference? Origin => blob.Origin;

        public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
        {
            VerifyingStream stream = VerifyingStream.Of(await blob.OpenAsync(cancellationToken), Descriptor, "its source");
            meter.Count(-Interlocked.Exchange(ref _count, 0L));
            stream.Progress = Count;
            return stream;
        }

        private void Count(int bytes)
        {
            Interlocked.Add(ref _count, bytes);
            meter.Count(bytes);
        }
    }
}
