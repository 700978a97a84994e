// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Transport;

/// <summary>Sends a request again as <see cref="RetryPolicy"/> says. The handlers below leave the request fit for another try.</summary>
internal sealed class RetryHandler(RetryPolicy policy) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        return call.SendsOnce
            ? await base.SendAsync(request, cancellationToken)
            : await policy.ExecuteAsync(call, async token => await base.SendAsync(request, token), cancellationToken);
    }
}
