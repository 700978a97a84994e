// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>
/// Sends over connections that check the server's certificate, or, where the user said so, over others that do not. Hosts with certificates of their
/// own have connections of their own; all others share.
/// </summary>
internal sealed class TlsHandler(RegistryOptions options, ServerCertificates certificates) : HttpMessageHandler
{
    // Flow control of HTTP/2 begins with it, and 64 KiB, which is usual, is little for a blob.
    private const int StreamWindow = 1 << 20;

    private readonly HostCertificates _hosts = new(options.Certificates);
    private readonly ConcurrentDictionary<(string? Host, bool IsOwn, bool IsLenient, bool IsWatched), Lazy<HttpMessageInvoker>> _connections = new();

    // By name, hosts whose connection failed: the next ones are watched, and true stands for one that asked for a certificate of ours. Not from the
    // beginning, since who watches cannot resume sessions of TLS.
    private readonly ConcurrentDictionary<string, bool> _wantCertificates = new(StringComparer.OrdinalIgnoreCase);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        Uri uri = request.RequestUri!;
        bool isOwn = call.Endpoint.Owns(uri);
        // A registry that is believed whatever it shows may name any token service it likes: to look at that one's certificate would keep nobody out.
        bool isLenient = call.Endpoint.IsInsecure || options.SkipsTlsVerify(call.Endpoint.Host, call.Access) || options.SkipsTlsVerify(uri.Authority, call.Access);
        HostTls? tls = uri.Scheme == Uri.UriSchemeHttps ? _hosts.Find(call.Endpoint) : null;
        bool isWatched = _wantCertificates.ContainsKey(uri.IdnHost);
        (string?, bool, bool, bool) key = (tls is null ? null : call.Endpoint.Host, tls is not null && isOwn, isLenient, isWatched);
        HttpMessageInvoker connections = _connections.GetOrAdd(key, _ => new(() => new HttpMessageInvoker(Connect(tls, isOwn, isLenient, isWatched)))).Value;
        try
        {
            HttpResponseMessage response = await connections.SendAsync(request, cancellationToken);
            if (isWatched)
                _wantCertificates[uri.IdnHost] = false;
            return response;
        }
        catch (HttpRequestException e) when (_wantCertificates.GetValueOrDefault(uri.IdnHost) && CertificateRefusedException.FindRefusal(e) is null)
        {
            throw new HttpRequestException(e.HttpRequestError, e.Message, new CertificateWantedException(e));
        }
        catch (HttpRequestException) when (uri.Scheme == Uri.UriSchemeHttps)
        {
            _wantCertificates.TryAdd(uri.IdnHost, false);
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (Lazy<HttpMessageInvoker> connections in _connections.Values.Where(connections => connections.IsValueCreated))
                connections.Value.Dispose();
        }
        base.Dispose(disposing);
    }

    // The runtime asks twice: before the handshake, and once the server wants one, whose certificate is known by then.
    private X509Certificate NoteWish(object sender, string host, X509CertificateCollection ours, X509Certificate? server, string[] authorities)
    {
        if (server is not null)
            _wantCertificates[host] = true;
        return null!;
    }

    [SuppressMessage("Security", "CA5359", Justification = "For the hosts of --skip-tls-verify and its kin only.")]
    private SocketsHttpHandler Connect(HostTls? tls, bool isOwn, bool isLenient, bool isWatched) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = options.Proxy is not null,
        Proxy = options.Proxy,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        EnableMultipleHttp2Connections = true,
        InitialHttp2StreamWindowSize = StreamWindow,
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = isOwn ? tls?.Client : null,
            LocalCertificateSelectionCallback = isWatched && !(isOwn && tls?.Client is not null) ? NoteWish : null,
            RemoteCertificateValidationCallback = isLenient ? (_, _, _, _) => true
                : tls is null ? certificates.Check
                : (sender, certificate, chain, errors) => certificates.Check(sender, certificate, chain, errors, tls.Authorities),
        },
    };
}
