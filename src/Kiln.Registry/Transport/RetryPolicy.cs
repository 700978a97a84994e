// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.Retry;

namespace Kiln.Registry.Transport;

/// <summary>
/// Sends again what may succeed the next time: broken connections, stalls, 408, 429 and 5xx. The waits double, with jitter; a server
/// that says `Retry-After` is obeyed within reason.
/// </summary>
internal sealed class RetryPolicy
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _timeProvider;
    private readonly RegistryOptions _options;
    private readonly ResiliencePipeline<HttpResponseMessage> _patient;
    private readonly ResiliencePipeline<HttpResponseMessage> _brief;

    public RetryPolicy(RegistryOptions options, TimeProvider timeProvider)
    {
        _options = options;
        _timeProvider = timeProvider;
        _patient = Build(options.Tries);
        _brief = Build(Math.Min(2, options.Tries));
    }

    public ValueTask<HttpResponseMessage> ExecuteAsync(
        RegistryCall call, Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancellationToken) =>
        (call.HasAlternative ? _brief : _patient).ExecuteAsync(send, cancellationToken);

    /// <summary>No answer came, or it broke off.</summary>
    public static bool IsBroken(Exception? exception) => exception is HttpRequestException or IOException or TimeoutException;

    /// <summary>Broken, and not for a reason that stays: a name that does not exist will not come to exist.</summary>
    public static bool IsTransient(Exception? exception) =>
        IsBroken(exception)
        && exception is not HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } };

    /// <summary>Waits before the next try after a number of failures in a row; false when it has been tried often enough.</summary>
    public async Task<bool> WaitAfterAsync(int failures, CancellationToken cancellationToken)
    {
        if (failures >= _options.Tries)
            return false;
        double factor = Math.Pow(2, failures - 1);
        TimeSpan delay = _options.RetryDelay * factor;
        await Task.Delay(delay < LongestDelay ? delay : LongestDelay, _timeProvider, cancellationToken);
        return true;
    }

    private static bool IsTransient(HttpResponseMessage? response) => response?.StatusCode switch
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
                Delay = _options.RetryDelay,
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
