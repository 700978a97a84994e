// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Text;

namespace Kiln.Http;

/// <summary>Puts small texts where URLs say (RFC 9110, 9.3.4), as pipelines give them out for reports. A redirect is not followed: who signed an address meant that one.</summary>
/// <param name="userAgent">What servers are told of us.</param>
/// <param name="access">The way to them.</param>
/// <param name="patience">How long is waited for what.</param>
/// <param name="time">The clock.</param>
public sealed class TextUploader(string userAgent, ServerAccess access, Patience patience, TimeProvider time) : IDisposable
{
    private readonly RetryPolicy _retry = new(patience, time);
    private readonly Lazy<HttpMessageInvoker> _connections = new(() => new HttpMessageInvoker(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = access.Proxy is not null,
        Proxy = access.Proxy,
        ConnectTimeout = TimeSpan.FromSeconds(30),
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = access.Certificates.Check },
    }));

    /// <summary>Null when the server took it; else why not, in words for users.</summary>
    public async Task<string?> PutAsync(Uri url, string text, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await _retry.ExecuteAsync(token => SendAsync(url, text, token), cancellationToken);
            return response.IsSuccessStatusCode ? null : $"`{RedactedUri.Of(url)}` answered {(int)response.StatusCode}";
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            return ConnectionFailure.Of(url.Authority, e).Reason;
        }
    }

    public void Dispose()
    {
        if (_connections.IsValueCreated)
            _connections.Value.Dispose();
    }

    private async ValueTask<HttpResponseMessage> SendAsync(Uri url, string text, CancellationToken cancellationToken)
    {
        using var stall = new CancellationTokenSource(patience.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Put, UriCredentials.Remove(url))
        {
            Content = new StringContent(text, Encoding.UTF8, "text/plain"),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        request.Headers.Authorization = UriCredentials.Find(url);
        try
        {
            return await _connections.Value.SendAsync(request, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("no answer came in time", e);
        }
    }
}
