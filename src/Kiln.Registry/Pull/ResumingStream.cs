// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry.Transport;

namespace Kiln.Registry.Pull;

/// <summary>
/// The body of a blob's response. Where the connection breaks, stalls or ends too soon, it asks for the rest, and where the server
/// knows no ranges, for all of it and drops what is known. It gives up after several breaks without a byte between them, and where all the waiting together
/// is too long; how long its reader takes does not count.
/// </summary>
internal sealed class ResumingStream(
    HttpResponseMessage first,
    Func<long, CancellationToken, Task<HttpResponseMessage>> reopen,
    long size,
    RegistryCall call,
    RetryPolicy retry,
    RegistryOptions options,
    TimeProvider timeProvider,
    IDisposable turn) : ReadOnlyStream
{
    private readonly TimeSpan _deadline = TransferDeadline.Of(options, size);
    private TimeSpan _waited;
    private HttpResponseMessage? _response = first;
    private Stream? _body;
    private long _position;
    private int _failures;

    // What the present response still repeats of what was read before.
    private long _toSkip;

    public override int Read(Span<byte> buffer) => throw new NotSupportedException("a blob from a registry is read asynchronously");

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        while (true)
        {
            try
            {
                int read = await ReadOnceAsync(buffer, cancellationToken);
                if (read == 0 && _position < size)
                    throw new IOException($"the blob ended after {_position} of {size} bytes");
                _position += read;
                _failures = 0;
                return read;
            }
            catch (Exception e) when (RetryPolicy.IsBroken(e))
            {
                DropResponse();
                // All of it is here; what else the server promised is nobody's loss.
                if (_position == size)
                    return 0;
                _failures++;
                FailedTries.Tell(options, call, _failures, null, e);
                if (!await retry.WaitAfterAsync(_failures, cancellationToken))
                    throw ConnectionErrors.Unreachable(call, e);
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            DropResponse();
            turn.Dispose();
        }
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnceAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_response is null)
        {
            _response = await reopen(_position, cancellationToken);
            _toSkip = _position - StartOf(_response);
        }
        _body ??= await _response.Content.ReadAsStreamAsync(cancellationToken);
        while (_toSkip > 0)
        {
            int dropped = await ReadBodyAsync(buffer[..(int)Math.Min(buffer.Length, _toSkip)], cancellationToken);
            if (dropped == 0)
                return 0;
            _toSkip -= dropped;
        }
        return await ReadBodyAsync(buffer, cancellationToken);
    }

    private async ValueTask<int> ReadBodyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_waited > _deadline)
            throw ConnectionErrors.Unreachable(call, new TimeoutException($"only {_position} of {size} bytes came in {_waited.TotalMinutes:0.#} minutes"));
        TimeSpan stallTimeout = options.StallTimeout;
        using var stall = new CancellationTokenSource(stallTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        long start = timeProvider.GetTimestamp();
        try
        {
            return await _body!.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException e) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing moved for {stallTimeout.TotalSeconds:0.#} s", e);
        }
        finally
        {
            _waited += timeProvider.GetElapsedTime(start);
        }
    }

    private long StartOf(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.PartialContent)
            return 0;
        return response.Content.Headers.ContentRange?.From is { } from && from <= _position
            ? from
            : throw ResponseErrors.Protocol(call, $"answered with another range than the one after byte {_position}");
    }

    private void DropResponse()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response, _toSkip) = (null, null, 0);
    }
}
