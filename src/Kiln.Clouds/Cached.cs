// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Clouds;

/// <summary>A value that lives for a time, or the finding that there is none. It is asked for once, by whoever comes first, until its end is near.</summary>
/// <param name="time">The clock.</param>
public sealed class Cached<T>(TimeProvider time) : IDisposable
    where T : class
{
    // Long enough for the push of a large layer to begin with it.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _gate = new(1);
    private (T? Value, DateTimeOffset End)? _known;

    /// <param name="ask">Gives the value, or null, and when it ends.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async ValueTask<T?> GetAsync(Func<Task<(T? Value, DateTimeOffset End)>> ask, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_known is { } known && now < known.End)
                return known.Value;
            (T? value, DateTimeOffset end) = await ask();
            // What lives no longer than the margin is used to its half.
            _known = (value, end > DateTimeOffset.MinValue + Margin && end - Margin > now ? end - Margin : now + ((end - now) / 2));
            return value;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
