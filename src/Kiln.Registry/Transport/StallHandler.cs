// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Push;

namespace Kiln.Registry.Transport;

/// <summary>
/// Gives up an attempt when nothing moved for too long. An upload moves with each piece that the connection takes, and rests while its source has nothing;
/// when all is sent, the registry has time to look at it.
/// </summary>
internal sealed class StallHandler(TimeSpan timeout, TimeProvider timeProvider) : DelegatingHandler
{
    /// <summary>So long after it was told to end, a request that has not ended is left to itself: whatever holds it, the build goes on.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // Registries read a blob once more before they answer, and some copy it.
    private const double SlowestRegistry = 8 << 20;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        using var abandoned = new CancellationTokenSource(Timeout.InfiniteTimeSpan, timeProvider);
        using CancellationTokenRegistration ending = either.Token.UnsafeRegister(static late => ((CancellationTokenSource)late!).CancelAfter(Grace), abandoned);
        if (request.Content is BlobContent blob)
        {
            blob.Waiting = () => stall.CancelAfter(Timeout.InfiniteTimeSpan);
            blob.Progress = () => stall.CancelAfter(timeout);
            blob.Sent = bytes => stall.CancelAfter(timeout + TimeSpan.FromSeconds(bytes / SlowestRegistry));
        }
        Task<HttpResponseMessage> sending = base.SendAsync(request, either.Token);
        try
        {
            return await sending.WaitAsync(abandoned.Token);
        }
        // Ours, or the connecting's own limit, which shows as a cancellation too.
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            if (abandoned.IsCancellationRequested)
                _ = ForgetAsync(sending);
            string what = stall.IsCancellationRequested ? $"nothing moved for {timeout.TotalSeconds:0.#} s" : "no connection came about";
            throw new TimeoutException(what, e);
        }
    }

    /// <summary>Nobody waits for it any more; what it may yet hold is given back.</summary>
    private static async Task ForgetAsync(Task<HttpResponseMessage> left)
    {
        await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (left.IsCompletedSuccessfully)
            (await left).Dispose();
    }
}
