// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Runtime.ExceptionServices;
using Kiln.Diagnostics;
using Kiln.Http;

namespace Kiln.Contexts.Http;

/// <summary>
/// Asks for a URL, and goes where redirects lead. A user and password in the URL are sent to the server that it names and to no other; from https no
/// redirect leads to http, unless a checksum says what has to come.
/// </summary>
internal sealed class HttpRequests : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HttpMessageInvoker _connections;
    private readonly bool _allowsMetadata;
    private readonly string _userAgent;
    private readonly Patience _patience;
    private readonly RetryPolicy _retry;
    private readonly TimeProvider _time;

    internal HttpRequests(string userAgent, bool allowsMetadata, ServerAccess access, Patience patience, RetryPolicy retry, TimeProvider time)
    {
        (_userAgent, _patience, _retry, _time) = (userAgent, patience, retry, time);
        _allowsMetadata = allowsMetadata;
        _connections = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = allowsMetadata ? null : MetadataRefusal.ConnectAsync,
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = access.Proxy is not null,
            Proxy = access.Proxy,
            ConnectTimeout = TimeSpan.FromSeconds(30),
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = access.Certificates.Check },
        });
    }

    /// <summary>The answer, its body not read yet. That none came, or another than asked for, is a <see cref="Diagnostics.BuildException"/>.</summary>
    /// <param name="target">What is asked for.</param>
    /// <param name="rest">Where to go on, and the version that this has to be of; null for all of it.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    internal async Task<HttpResponseMessage> GetAsync(DownloadTarget target, RestOfFile? rest, CancellationToken cancellationToken)
    {
        AuthenticationHeaderValue? authorization = target.Object is null ? UriCredentials.Find(target.Url) : null;
        Uri origin = target.Object is null ? UriCredentials.Remove(target.Url) : target.Url, current = origin;
        for (int redirects = 0; ; redirects++)
        {
            if (!_allowsMetadata)
                MetadataRefusal.Check(current);
            HttpResponseMessage response = await SendAsync(target, current, SameServer(origin, current) ? authorization : null, rest, cancellationToken);
            if (response.StatusCode is HttpStatusCode.OK || (rest is not null && response.StatusCode is HttpStatusCode.PartialContent))
                return response;
            using (response)
            {
                if (rest is not null && response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    rest = null;
                    continue;
                }
                // A request that is signed is meant for one server.
                if (target.Object is not null || FindTarget(response, current) is not { } next)
                    throw await DownloadErrors.RefusedAsync(target, current, response, cancellationToken);
                if (redirects == MostRedirects)
                    throw DownloadErrors.Failed(target, $"more than {MostRedirects} redirects", null);
                if (current.Scheme == Uri.UriSchemeHttps && next.Scheme == Uri.UriSchemeHttp && !target.PermitsDowngrade)
                    throw DownloadErrors.Failed(
                        target, $"a redirect leads from https to plain http, `{RedactedUri.Of(next)}`", "say what has to come by `--checksum=sha256:...`, or write the address that is meant");
                current = next;
            }
        }
    }

    public void Dispose() => _connections.Dispose();

    private async Task<HttpResponseMessage> SendAsync(
        DownloadTarget target, Uri url, AuthenticationHeaderValue? authorization, RestOfFile? rest, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.ExecuteAsync(Send, cancellationToken);
        }
        catch (HttpRequestException e) when (CertificateRefusedException.FindRefusal(e) is { } refusal)
        {
            throw DownloadErrors.NotTrusted(target, url, refusal.Reason + refusal.Chain, e);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            throw DownloadErrors.Unreachable(target, url, e);
        }

        async ValueTask<HttpResponseMessage> Send(CancellationToken token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
            request.Headers.Authorization = authorization;
            rest?.AddTo(request.Headers);
            if (target.Object is not null)
                await target.Object.AuthorizeAsync(request, token);
            using var stall = new CancellationTokenSource(_patience.StallTimeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, token);
            try
            {
                return await _connections.SendAsync(request, either.Token);
            }
            catch (HttpRequestException e) when (e.InnerException is BuildException refusal)
            {
                ExceptionDispatchInfo.Throw(refusal);
                throw;
            }
            // Ours, or the connecting's own limit, which shows as a cancellation too.
            catch (OperationCanceledException e) when (!token.IsCancellationRequested)
            {
                throw new TimeoutException($"no answer for {_patience.StallTimeout.TotalSeconds:0.#} s", e);
            }
        }
    }

    private static Uri? FindTarget(HttpResponseMessage response, Uri from)
    {
        bool redirects = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if (!redirects || response.Headers.Location is not { } location)
            return null;
        var target = new Uri(from, location);
        return target.Scheme is "http" or "https" ? UriCredentials.Remove(target) : null;
    }

    private static bool SameServer(Uri a, Uri b) => a.Scheme == b.Scheme && a.Port == b.Port && a.IdnHost == b.IdnHost;
}
