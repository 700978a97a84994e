// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Diagnostics;
using Kiln.Http;

namespace Kiln.Clouds;

/// <summary>
/// Small requests to services of clouds: bounded in size and time, sent again as <see cref="RetryPolicy"/> says, never redirected. What lies
/// on the machine's own link, as metadata services do, is asked without proxy and is soon given up.
/// </summary>
public sealed class CloudClient : IDisposable
{
    private const int LargestAnswer = 1 << 20;
    private static readonly TimeSpan FarConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NearConnectTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NearTimeout = TimeSpan.FromSeconds(10);

    private readonly Lazy<HttpMessageInvoker> _far;
    private readonly Lazy<HttpMessageInvoker> _near;
    private readonly RetryPolicy _retry;
    private readonly Patience _patience;
    private readonly string _userAgent;

    /// <param name="userAgent">What services are told of us.</param>
    /// <param name="proxy">The way to services that are not near; null for none.</param>
    /// <param name="certificates">Decides on their certificates.</param>
    /// <param name="patience">How long is waited for what.</param>
    /// <param name="time">The clock.</param>
    public CloudClient(string userAgent, IWebProxy? proxy, ServerCertificates certificates, Patience patience, TimeProvider time)
    {
        (_userAgent, _patience, Time) = (userAgent, patience, time);
        _retry = new RetryPolicy(patience, time);
        _far = new(() => new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy,
            ConnectTimeout = FarConnectTimeout,
            SslOptions = { RemoteCertificateValidationCallback = certificates.Check },
        }));
        _near = new(() => new HttpMessageInvoker(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = NearConnectTimeout }));
    }

    internal TimeProvider Time { get; }

    public void Dispose()
    {
        if (_far.IsValueCreated)
            _far.Value.Dispose();
        if (_near.IsValueCreated)
            _near.Value.Dispose();
    }

    /// <summary>Asks a service that has to be there.</summary>
    /// <param name="service">What it is, for messages: "Amazon STS".</param>
    /// <param name="make">Makes the request, anew for each try.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task<CloudAnswer> SendAsync(string service, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(service, _far.Value, make, _retry.ExecuteAsync, _patience.StallTimeout, cancellationToken);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            using HttpRequestMessage request = make();
            Uri uri = request.RequestUri!;
            throw DiagnosticRules.CloudRefused.Error($"{service} cannot be asked: {ConnectionFailure.Of(uri.Authority, e).Reason}", inner: e);
        }
    }

    /// <summary>Asks a service of this machine's own link; null where there is none.</summary>
    internal async Task<CloudAnswer?> FindNearAsync(string service, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(service, _near.Value, make, ExecuteNearAsync, NearTimeout, cancellationToken);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            return null;
        }
    }

    /// <summary>Silence means that nobody is there, as outside of a cloud, and is not waited for twice. A server that fails is asked once more.</summary>
    private async ValueTask<HttpResponseMessage> ExecuteNearAsync(
        Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage response = await send(cancellationToken);
            if (response.StatusCode < HttpStatusCode.InternalServerError)
                return response;
            response.Dispose();
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e) && e is not TimeoutException)
        {
        }
        return await _retry.ExecuteBrieflyAsync(send, cancellationToken);
    }

    private async Task<CloudAnswer> SendAsync(
        string service,
        HttpMessageInvoker connections,
        Func<HttpRequestMessage> make,
        Func<Func<CancellationToken, ValueTask<HttpResponseMessage>>, CancellationToken, ValueTask<HttpResponseMessage>> retry,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await retry(token => TryAsync(connections, make, timeout, token), cancellationToken);
        string? flavor = response.Headers.TryGetValues("Metadata-Flavor", out IEnumerable<string>? values) ? values.First() : null;
        return new CloudAnswer(service, response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), flavor);
    }

    private async ValueTask<HttpResponseMessage> TryAsync(
        HttpMessageInvoker connections, Func<HttpRequestMessage> make, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using HttpRequestMessage request = make();
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        HttpResponseMessage? response = null;
        try
        {
            response = await connections.SendAsync(request, either.Token);
            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token);
            return response;
        }
        catch (Exception e)
        {
            response?.Dispose();
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new TimeoutException("no answer came in time", e);
            throw;
        }
    }
}
