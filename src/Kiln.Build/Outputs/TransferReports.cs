// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Stacks;

namespace Kiln.Build.Outputs;

/// <summary>Says twice a second how far the layers are that are on their way. Silent while nothing moves.</summary>
internal sealed class TransferReports : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly BlobArrivals _arrivals;
    private readonly LayerUploads _uploads;
    private readonly PeriodicTimer _timer;
    private readonly Task _reporting;

    internal TransferReports(BlobArrivals arrivals, LayerUploads uploads, TimeProvider time, Action<BuildEvent> report)
    {
        (_arrivals, _uploads) = (arrivals, uploads);
        _timer = new PeriodicTimer(Interval, time);
        _reporting = ReportAsync(report);
    }

    /// <summary>What has moved so far.</summary>
    internal TransferState State
    {
        get
        {
            (long arrived, long size) = _arrivals.Count();
            return new TransferState(arrived, size, _uploads.Sent, _uploads.Sending);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _reporting;
    }

    private async Task ReportAsync(Action<BuildEvent> report)
    {
        TransferState told = default;
        // It ends with the timer, and not by an exception, which would cost a small build more than anything else here.
        while (await _timer.WaitForNextTickAsync())
        {
            if (State == told)
                continue;
            told = State;
            report(new TransfersMoved(told));
        }
    }
}
