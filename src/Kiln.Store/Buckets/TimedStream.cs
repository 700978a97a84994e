// SPDX-License-Identifier: Apache-2.0
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;

namespace Kiln.Store.Buckets;

/// <summary>The body of an answer, of which a read that waits too long fails.</summary>
internal sealed class TimedStream(HttpResponseMessage response, Stream body, TimeSpan stallTimeout, TimeProvider time) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer) => throw new NotSupportedException("an object of a bucket is read asynchronously");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var stall = new CancellationTokenSource(stallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            return await body.ReadAsync(buffer, either.Token);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw DiagnosticRules.BucketFailed.Error($"an object of `{response.RequestMessage?.RequestUri?.Authority}` broke off: {e.Message.TrimEnd('.')}", inner: e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            response.Dispose();
        base.Dispose(disposing);
    }
}
