// SPDX-License-Identifier: Apache-2.0
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>Sends a request again as <see cref="RetryPolicy"/> says. The handlers below leave the request fit for another try.</summary>
internal sealed class RetryHandler(RetryPolicy policy, RegistryOptions options) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        if (call.SendsOnce)
            return await base.SendAsync(request, cancellationToken);
        int tries = 0;
        return call.HasAlternative
            ? await policy.ExecuteBrieflyAsync(Send, cancellationToken)
            : await policy.ExecuteAsync(Send, cancellationToken);

        async ValueTask<HttpResponseMessage> Send(CancellationToken token)
        {
            tries++;
            try
            {
                HttpResponseMessage response = await base.SendAsync(request, token);
                if (RetryPolicy.IsTransient(response))
                    FailedTries.Tell(options, call, tries, response, null);
                return response;
            }
            catch (Exception e) when (RetryPolicy.IsTransient(e))
            {
                FailedTries.Tell(options, call, tries, null, e);
                throw;
            }
        }
    }
}
