// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.Retry;

namespace Kiln.Http;

/// <summary>
/// Sends again what may succeed the next time: broken connections, stalls, 408, 429 and 5xx. The waits double, with jitter; a server
/// that says `Retry-After` is obeyed within reason.
/// </summary>
public sealed class RetryPolicy
{
    /// <summary>How often a request is sent at most where another server will be asked.</summary>
    public const int MostBriefTries = 2;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _timeProvider;
    private readonly Patience _patience;
    private readonly ResiliencePipeline<HttpResponseMessage> _patient;
    private readonly ResiliencePipeline<HttpResponseMessage> _brief;

    public RetryPolicy(Patience patience, TimeProvider timeProvider)
    {
        _patience = patience;
        _timeProvider = timeProvider;
        _patient = Build(patience.Tries);
        _brief = Build(Math.Min(MostBriefTries, patience.Tries));
    }

    /// <summary>Sends until an answer counts.</summary>
    public ValueTask<HttpResponseMessage> ExecuteAsync(
        Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancellationToken) =>
        _patient.ExecuteAsync(send, cancellationToken);

    /// <summary>As <see cref="ExecuteAsync"/>, where another server will be asked: a dead one need not be waited for.</summary>
    public ValueTask<HttpResponseMessage> ExecuteBrieflyAsync(
        Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancellationToken) =>
        _brief.ExecuteAsync(send, cancellationToken);

    /// <summary>No answer came, or it broke off. A connection that ends in the moment in which it is made is nothing but a socket's failure.</summary>
    public static bool IsBroken(Exception? exception) => exception is HttpRequestException or IOException or SocketException or TimeoutException;

    /// <summary>Broken, and not for a reason that stays: a name that does not exist will not come to exist.</summary>
    public static bool IsTransient(Exception? exception) =>
        IsBroken(exception)
        && exception is not HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } }
        && CertificateRefusedException.FindRefusal(exception) is null;

    /// <summary>Waits before the next try after a number of failures in a row; false when it has been tried often enough.</summary>
    public Task<bool> WaitAfterAsync(int failures, CancellationToken cancellationToken) => WaitAfterAsync(failures, null, cancellationToken);

    /// <inheritdoc cref="WaitAfterAsync(int, CancellationToken)"/>
    /// <param name="failures">How many there were.</param>
    /// <param name="refusal">The last of them, where it was an answer: it may say how long to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<bool> WaitAfterAsync(int failures, HttpResponseMessage? refusal, CancellationToken cancellationToken)
    {
        if (failures >= _patience.Tries)
            return false;
        // Between half and all of it, so that many clients that failed together do not come back together.
        TimeSpan delay = _patience.RetryDelay * Math.Pow(2, failures - 1);
        delay = (delay < LongestDelay ? delay : LongestDelay) * (0.5 + (Random.Shared.NextDouble() / 2));
        await Task.Delay(RetryAfter(refusal) ?? delay, _timeProvider, cancellationToken);
        return true;
    }

    /// <summary>An answer that may be another one the next time.</summary>
    public static bool IsTransient(HttpResponseMessage? response) => response?.StatusCode switch
    {
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => true,
        HttpStatusCode.NotImplemented or HttpStatusCode.HttpVersionNotSupported => false,
        >= HttpStatusCode.InternalServerError => true,
        _ => false,
    };

    private ResiliencePipeline<HttpResponseMessage> Build(int tries)
    {
        if (tries <= 1)
            return ResiliencePipeline<HttpResponseMessage>.Empty;
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _timeProvider }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = tries - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _patience.RetryDelay,
                MaxDelay = LongestDelay,
                ShouldHandle = attempt =>
                    ValueTask.FromResult(IsTransient(attempt.Outcome.Exception) || IsTransient(attempt.Outcome.Result)),
                DelayGenerator = attempt => ValueTask.FromResult(RetryAfter(attempt.Outcome.Result)),
            })
            .Build();
    }

    private TimeSpan? RetryAfter(HttpResponseMessage? response)
    {
        TimeSpan? asked = response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _timeProvider.GetUtcNow(),
            _ => null,
        };
        if (asked is not { } delay)
            return null;
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestRetryAfter ? LongestRetryAfter : delay;
    }
}
