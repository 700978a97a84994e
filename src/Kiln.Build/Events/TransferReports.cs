// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Outputs;
using Kiln.Build.Stacks;

namespace Kiln.Build.Events;

/// <summary>Says every ten seconds which layers are on their way, so that nobody takes a slow network for a build that hangs. Silent while none is.</summary>
internal sealed class TransferReports : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _reporting;

    internal TransferReports(BlobArrivals arrivals, LayerUploads uploads, TimeProvider time, Action<BuildEvent> report) =>
        _reporting = ReportAsync(arrivals, uploads, time, report);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _reporting;
        _end.Dispose();
    }

    private async Task ReportAsync(BlobArrivals arrivals, LayerUploads uploads, TimeProvider time, Action<BuildEvent> report)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
                foreach (string state in new[] { arrivals.Describe(), uploads.Describe() }.OfType<string>())
                    report(new Progress(state));
        }
        catch (OperationCanceledException)
        {
        }
    }
}
