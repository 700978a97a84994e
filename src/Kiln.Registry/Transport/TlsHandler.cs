// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Transport;

/// <summary>Sends over connections that check the server's certificate, or, where the user said so, over others that do not.</summary>
internal sealed class TlsHandler(RegistryOptions options, HttpMessageHandler strict, HttpMessageHandler lenient) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _strict = new(strict);
    private readonly HttpMessageInvoker _lenient = new(lenient);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        (options.SkipsTlsVerify(request.RequestUri!.Authority, RegistryCall.Of(request).Access) ? _lenient : _strict)
            .SendAsync(request, cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _strict.Dispose();
            _lenient.Dispose();
        }
        base.Dispose(disposing);
    }
}
