// SPDX-License-Identifier: Apache-2.0
using Kiln.Http;
using Kiln.Registry.Auth;
using Kiln.Registry.Push;

namespace Kiln.Registry.Transport;

/// <summary>
/// The way of every request to a registry, from the outside in: retry, stall, buffering, authentication, redirects, scheme, TLS. What
/// comes back is an answer; that none came is a <see cref="Diagnostics.BuildException"/>.
/// </summary>
internal sealed class RegistryTransport : IDisposable
{
    private readonly HttpMessageInvoker _chain;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _timeProvider;

    public RegistryTransport(RegistryOptions options, ICredentialSource credentials, RetryPolicy retry, TimeProvider timeProvider)
    {
        (_options, _timeProvider) = (options, timeProvider);
        var tls = new TlsHandler(options, options.ServerCertificates);
        var scheme = new SchemeHandler(options) { InnerHandler = tls };
        var redirect = new RedirectHandler { InnerHandler = scheme };
        var auth = new AuthHandler(credentials, timeProvider) { InnerHandler = redirect };
        var buffer = new BufferHandler { InnerHandler = auth };
        var stall = new StallHandler(options.StallTimeout, timeProvider) { InnerHandler = buffer };
        _chain = new HttpMessageInvoker(new RetryHandler(retry, options) { InnerHandler = stall });
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        // Blobs have deadlines of their own, by their size.
        if (request.Content is BlobContent)
            return await SendAsync(call, request, cancellationToken);
        using var deadline = new TransferDeadline(_options, 0, _timeProvider, cancellationToken);
        try
        {
            return await SendAsync(call, request, deadline.Token);
        }
        catch (OperationCanceledException e) when (deadline.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw ConnectionErrors.Unreachable(call, deadline.Describe(e));
        }
    }

    public void Dispose() => _chain.Dispose();

    private async Task<HttpResponseMessage> SendAsync(RegistryCall call, HttpRequestMessage request, CancellationToken cancellationToken)
    {
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
}
