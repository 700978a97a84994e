// SPDX-License-Identifier: Apache-2.0
using Kiln.Build.Events;
using Kiln.Diagnostics;

namespace Kiln.Build.Fetching;

/// <summary>Says every ten seconds how much of a build context has come, so that nobody takes a large one for a build that hangs.</summary>
internal sealed class FetchReports : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly PeriodicTimer _timer;
    private readonly Task _reporting;

    /// <param name="name">The context.</param>
    /// <param name="file">The file that grows as it comes; null where nothing tells how much there is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Told.</param>
    internal FetchReports(string name, string? file, TimeProvider time, Action<BuildEvent> report)
    {
        _timer = new PeriodicTimer(Interval, time);
        _reporting = ReportAsync(name, file, report);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _reporting;
    }

    private async Task ReportAsync(string name, string? file, Action<BuildEvent> report)
    {
        while (await _timer.WaitForNextTickAsync())
            report(new Progress(file is not null && new FileInfo(file) is { Exists: true } there ? $"fetching {name}: {ByteCount.Format(there.Length)} so far" : $"still fetching {name}"));
    }
}
