// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;

namespace Kiln.Clouds;

/// <summary>
/// A value that lives for a time, the finding that there is none, or that who gives it refuses. It is asked for once, by whoever comes first, until its
/// end is near.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class Cached<T>(TimeProvider time) : IDisposable
    where T : class
{
    // Long enough for the push of a large layer to begin with it.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RefusalLifetime = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1);
    private (BuildException Refusal, DateTimeOffset End)? _refused;
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
            // Every request of a build may want to know; who refused a moment ago is not asked again for each.
            if (_refused is { } refused && now < refused.End)
                throw refused.Refusal.Diagnostic.Rule.Error(refused.Refusal.Message, hint: refused.Refusal.Diagnostic.Hint, inner: refused.Refusal);
            (T? value, DateTimeOffset end) = await AskAsync(ask);
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

    private async Task<(T? Value, DateTimeOffset End)> AskAsync(Func<Task<(T? Value, DateTimeOffset End)>> ask)
    {
        try
        {
            return await ask();
        }
        catch (BuildException e)
        {
            _refused = (e, time.GetUtcNow() + RefusalLifetime);
            throw;
        }
    }
}
