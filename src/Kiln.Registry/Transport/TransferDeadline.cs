// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Transport;

/// <summary>Ends what takes longer than anybody would wait: the overall time of a request, and for a blob as long again as a line of 16 KiB a second needs.</summary>
internal sealed class TransferDeadline : IDisposable
{
    private const long SlowestRate = 16 << 10;

    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenSource _either;
    private readonly TimeSpan _time;

    public TransferDeadline(RegistryOptions options, long size, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        _time = Of(options, size);
        _late = new CancellationTokenSource(_time, timeProvider);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_late.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    public bool HasPassed => _late.IsCancellationRequested;

    public static TimeSpan Of(RegistryOptions options, long size)
    {
        TimeSpan time = options.OverallTimeout + TimeSpan.FromSeconds(size / SlowestRate);
        // The longest that a timer can.
        return time.TotalMilliseconds < int.MaxValue ? time : TimeSpan.FromMilliseconds(int.MaxValue);
    }

    public TimeoutException Describe(Exception? inner) => new($"not done after {_time.TotalMinutes:0.#} minutes", inner);

    public void Dispose()
    {
        _either.Dispose();
        _late.Dispose();
    }
}
