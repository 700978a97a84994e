// SPDX-License-Identifier: Apache-2.0
using Kiln.Http;
using Kiln.Registry.Auth;

namespace Kiln.Registry.Transport;

/// <summary>
/// The way of every request to a registry, from the outside in: retry, stall, buffering, authentication, redirects, scheme, TLS. What
/// comes back is an answer; that none came is a <see cref="Diagnostics.BuildException"/>.
/// </summary>
internal sealed class RegistryTransport : IDisposable
{
    private readonly HttpMessageInvoker _chain;

    public RegistryTransport(RegistryOptions options, ICredentialSource credentials, RetryPolicy retry, TimeProvider timeProvider)
    {
        var tls = new TlsHandler(options, options.ServerCertificates);
        var scheme = new SchemeHandler(options) { InnerHandler = tls };
        var redirect = new RedirectHandler { InnerHandler = scheme };
        var auth = new AuthHandler(credentials, timeProvider) { InnerHandler = redirect };
        var buffer = new BufferHandler { InnerHandler = auth };
        var stall = new StallHandler(options.StallTimeout, timeProvider) { InnerHandler = buffer };
        _chain = new HttpMessageInvoker(new RetryHandler(retry) { InnerHandler = stall });
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        try
        {
            return await _chain.SendAsync(request, cancellationToken);
        }
        // Whoever repeats the request has to see why it failed.
        catch (Exception e) when (RetryPolicy.IsBroken(e) && !call.SendsOnce)
        {
            throw ConnectionErrors.Unreachable(call, e);
        }
    }

    public void Dispose() => _chain.Dispose();
}
