// SPDX-License-Identifier: Apache-2.0
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>Sends a request again as <see cref="RetryPolicy"/> says. The handlers below leave the request fit for another try.</summary>
internal sealed class RetryHandler(RetryPolicy policy) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        if (call.SendsOnce)
            return await base.SendAsync(request, cancellationToken);
        return call.HasAlternative
            ? await policy.ExecuteBrieflyAsync(Send, cancellationToken)
            : await policy.ExecuteAsync(Send, cancellationToken);

        async ValueTask<HttpResponseMessage> Send(CancellationToken token) => await base.SendAsync(request, token);
    }
}
