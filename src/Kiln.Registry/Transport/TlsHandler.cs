// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry.Transport;

/// <summary>Sends over connections that check the server's certificate, or, where the user said so, over others that do not.</summary>
internal sealed class TlsHandler(RegistryOptions options, HttpMessageHandler strict, HttpMessageHandler lenient) : HttpMessageHandler
{
    private readonly HttpMessageInvoker _strict = new(strict);
    private readonly HttpMessageInvoker _lenient = new(lenient);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        Uri uri = request.RequestUri!;
        string host = call.Endpoint.Owns(uri) ? call.Endpoint.Host : uri.Authority;
        return (options.SkipsTlsVerify(host, call.Access) ? _lenient : _strict).SendAsync(request, cancellationToken);
    }

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
