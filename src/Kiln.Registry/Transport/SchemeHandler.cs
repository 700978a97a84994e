// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using Kiln.Http;

namespace Kiln.Registry.Transport;

/// <summary>
/// Chooses between https and http for the registry's own addresses: https always first; http where the host is near or permitted, and
/// only when https is not spoken there. Credentials go in clear to this machine only, or where plain http was permitted. What was
/// found is remembered.
/// </summary>
internal sealed class SchemeHandler(RegistryOptions options) : DelegatingHandler
{
    private readonly ConcurrentDictionary<(string Authority, RegistryAccess Access, bool IsInsecure), string> _schemes = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        RegistryCall call = RegistryCall.Of(request);
        string authority = call.Endpoint.Authority;
        if (!call.Endpoint.Owns(request.RequestUri!))
            return await SendAsync(request, request.RequestUri!.Scheme, call, cancellationToken);
        (string, RegistryAccess, bool) key = (authority, call.Access, call.Endpoint.IsInsecure);
        if (_schemes.TryGetValue(key, out string? known))
            return await SendAsync(request, known, call, cancellationToken);

        bool mayFallBack = IsInsecure(call) || HostRules.IsLocal(authority);
        try
        {
            HttpResponseMessage response = await SendAsync(request, Uri.UriSchemeHttps, call, cancellationToken);
            _schemes[key] = Uri.UriSchemeHttps;
            return response;
        }
        catch (HttpRequestException e) when (!mayFallBack && e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            if (await AnswersHttpAsync(call, cancellationToken))
                throw ConnectionErrors.SpeaksHttp(call, e);
            throw;
        }
        catch (HttpRequestException e) when (mayFallBack && MaySpeakHttp(e, authority))
        {
            HttpResponseMessage response = await SendAsync(request, Uri.UriSchemeHttp, call, cancellationToken);
            // 400 is how a server that does speak https answers plain http: then the first failure was a passing one. A registry that refuses says why.
            if (response.StatusCode == HttpStatusCode.BadRequest && !await ErrorAnswer.IsOneAsync(response, cancellationToken))
            {
                response.Dispose();
                throw;
            }
            _schemes[key] = Uri.UriSchemeHttp;
            return response;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, string scheme, RegistryCall call, CancellationToken cancellationToken)
    {
        Uri uri = request.RequestUri!;
        if (uri.Scheme != scheme)
            request.RequestUri = new UriBuilder(uri) { Scheme = scheme, Port = uri.IsDefaultPort ? -1 : uri.Port }.Uri;
        if (scheme == Uri.UriSchemeHttp && !MaySendCredentialsInClear(uri.Authority, call))
            request.Headers.Authorization = null;
        if (request.Headers.UserAgent.Count == 0)
            request.Headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (CertificateRefusedException.FindRefusal(e) is { } refusal)
        {
            throw ConnectionErrors.NotTrusted(call, uri.Authority, refusal, e);
        }
        catch (HttpRequestException e) when (scheme == Uri.UriSchemeHttps && WantsCertificate(e))
        {
            throw ConnectionErrors.WantsCertificate(call, uri.Authority, e);
        }
    }

    // One plain request for nothing in particular, to tell a registry without TLS from one whose TLS is broken.
    private async Task<bool> AnswersHttpAsync(RegistryCall call, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = call.Request(HttpMethod.Get, new Uri($"http://{call.Endpoint.Authority}/v2/"));
        try
        {
            using HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
            return response.StatusCode != HttpStatusCode.BadRequest;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    // RFC 8446, 6: certificate_required (116), bad_certificate (42); OpenSSL has them as text alone.
    private static bool WantsCertificate(Exception? e) =>
        e is not null
        && (e.Message.Contains("alert certificate required", StringComparison.Ordinal)
            || e.Message.Contains("alert bad certificate", StringComparison.Ordinal)
            || WantsCertificate(e.InnerException));

    private bool MaySendCredentialsInClear(string authority, RegistryCall call) =>
        HostRules.IsLoopback(authority) || IsInsecure(call);

    private bool IsInsecure(RegistryCall call) => call.Endpoint.IsInsecure || options.IsInsecure(call.Endpoint.Host, call.Access);

    private static bool MaySpeakHttp(HttpRequestException e, string authority) =>
        e.HttpRequestError == HttpRequestError.SecureConnectionError
        || (e.HttpRequestError == HttpRequestError.ConnectionError && !HostRules.HasPort(authority));
}
