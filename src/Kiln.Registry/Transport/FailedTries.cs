// SPDX-License-Identifier: Apache-2.0
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>Tells of requests that are sent again. The last failure is an error, and told as that.</summary>
internal static class FailedTries
{
    /// <param name="options">Who wants to know.</param>
    /// <param name="call">What the request was for.</param>
    /// <param name="number">Which try failed.</param>
    /// <param name="response">The answer, if one came.</param>
    /// <param name="broken">What was thrown in place of one.</param>
    public static void Tell(RegistryOptions options, RegistryCall call, int number, HttpResponseMessage? response, Exception? broken)
    {
        int most = call.HasAlternative ? Math.Min(RetryPolicy.MostBriefTries, options.Tries) : options.Tries;
        if (number >= most || options.OnFailedTry is not { } told)
            return;
        string reason = response is not null
            ? $"`{call.Endpoint.Host}` answered {(int)response.StatusCode}"
            : ConnectionFailure.Of(call.Endpoint.Host, broken!).Reason;
        told(new FailedTry(call.Action, reason, number, most, broken is TimeoutException));
    }
}
