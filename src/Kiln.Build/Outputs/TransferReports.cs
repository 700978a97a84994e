// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Build.Stacks;

namespace Kiln.Build.Outputs;

/// <summary>Says every ten seconds which layers are on their way, so that nobody takes a slow network for a build that hangs. Silent while none is.</summary>
internal sealed class TransferReports : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly PeriodicTimer _timer;
    private readonly Task _reporting;

    internal TransferReports(BlobArrivals arrivals, LayerUploads uploads, TimeProvider time, Action<BuildEvent> report)
    {
        _timer = new PeriodicTimer(Interval, time);
        _reporting = ReportAsync(arrivals, uploads, report);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _reporting;
    }

    private async Task ReportAsync(BlobArrivals arrivals, LayerUploads uploads, Action<BuildEvent> report)
    {
        // It ends with the timer, and not by an exception, which would cost a small build more than anything else here.
        while (await _timer.WaitForNextTickAsync())
            foreach (string state in new[] { arrivals.Describe(), uploads.Describe() }.OfType<string>())
                report(new Progress(state));
    }
}
