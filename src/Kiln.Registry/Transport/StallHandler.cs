// SPDX-License-Identifier: Apache-2.0
using Kiln.Registry.Push;

namespace Kiln.Registry.Transport;

/// <summary>Gives up an attempt when nothing moved for too long. An upload moves with each piece that the connection takes, and rests while its source has nothing.</summary>
internal sealed class StallHandler(TimeSpan timeout, TimeProvider timeProvider) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        if (request.Content is BlobContent blob)
        {
            blob.Waiting = () => stall.CancelAfter(Timeout.InfiniteTimeSpan);
            blob.Progress = () => stall.CancelAfter(timeout);
        }
        try
        {
            return await base.SendAsync(request, either.Token);
        }
        // Ours, or the connecting's own limit, which shows as a cancellation too.
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            string what = stall.IsCancellationRequested ? $"nothing moved for {timeout.TotalSeconds:0.#} s" : "no connection came about";
            throw new TimeoutException(what, e);
        }
    }
}
