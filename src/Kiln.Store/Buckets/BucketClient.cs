// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Kiln.Clouds.Amazon;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;

namespace Kiln.Store.Buckets;

/// <summary>
/// The objects of a bucket of S3, or of a server that speaks like it: GET, HEAD, PUT, DELETE and lists, each request signed (Signature Version 4) and tried again where that may
/// help. What is not there is null; every other refusal is an error.
/// </summary>
public sealed class BucketClient : IDisposable
{
    private const int LargestAnswer = 8 << 20;
    private const long SlowestBytesPerSecond = 50_000;
    private static readonly string NoBody = Convert.ToHexStringLower(SHA256.HashData([]));

    private readonly BucketOptions _options;
    private readonly Func<CancellationToken, ValueTask<AmazonCredential?>> _credentials;
    private readonly Patience _patience;
    private readonly RetryPolicy _retry;
    private readonly TimeProvider _time;
    private readonly string _userAgent;
    private readonly HttpMessageInvoker _connections;

    /// <param name="options">Where the bucket is.</param>
    /// <param name="credentials">Finds who we are; null for nobody in particular.</param>
    /// <param name="userAgent">What the server is told of us.</param>
    /// <param name="access">The way to it.</param>
    /// <param name="patience">How long is waited for what.</param>
    /// <param name="time">The clock.</param>
    public BucketClient(
        BucketOptions options, Func<CancellationToken, ValueTask<AmazonCredential?>> credentials, string userAgent, ServerAccess access, Patience patience, TimeProvider time)
    {
        (_options, _credentials, _userAgent, _patience, _time) = (options, credentials, userAgent, patience, time);
        _retry = new RetryPolicy(patience, time);
        _connections = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = access.Proxy is not null,
            Proxy = access.Proxy,
            SslOptions = { RemoteCertificateValidationCallback = access.Certificates.Check },
        });
    }

    /// <summary>A small object, whole; null where there is none.</summary>
    public async Task<byte[]?> FindAsync(string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, Address(key)), NoBody, 0, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(cancellationToken) : throw await RefusedAsync(response, $"read `{key}`", cancellationToken);
    }

    /// <summary>An object's bytes as they come.</summary>
    public async Task<Stream> OpenAsync(string key, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, Address(key)), NoBody, null, cancellationToken);
        if (response.IsSuccessStatusCode)
            return new TimedStream(response, await response.Content.ReadAsStreamAsync(cancellationToken), _patience.StallTimeout, _time);
        using (response)
            throw await RefusedAsync(response, $"read `{key}`", cancellationToken);
    }

    /// <summary>Size and time of an object; null where there is none.</summary>
    public async Task<BucketObject?> FindObjectAsync(string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Head, Address(key)), NoBody, 0, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;
        return response.IsSuccessStatusCode
            ? new BucketObject(key, response.Content.Headers.ContentLength ?? -1, response.Content.Headers.LastModified ?? DateTimeOffset.UnixEpoch)
            : throw await RefusedAsync(response, $"look for `{key}`", cancellationToken);
    }

    /// <summary>Writes an object; it is there when all of it is.</summary>
    public async Task PutAsync(string key, IBlobSource blob, CancellationToken cancellationToken)
    {
        string hash = blob.Descriptor.Digest.Algorithm == "sha256" ? blob.Descriptor.Digest.Hex : "UNSIGNED-PAYLOAD";
        using HttpResponseMessage response = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Put, Address(key)) { Content = new BlobBody(blob) }, hash, blob.Descriptor.Size, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw await RefusedAsync(response, $"write `{key}`", cancellationToken);
    }

    public async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Delete, Address(key)), NoBody, 0, cancellationToken);
        if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NotFound)
            throw await RefusedAsync(response, $"delete `{key}`", cancellationToken);
    }

    /// <summary>All objects whose keys begin so.</summary>
    public async IAsyncEnumerable<BucketObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            // In the order in which the signature wants the names.
            string query = $"?{(next is null ? "" : $"continuation-token={Uri.EscapeDataString(next)}&")}list-type=2&prefix={Uri.EscapeDataString(prefix)}";
            using HttpResponseMessage response = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(_options.Address, query)), NoBody, 0, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await RefusedAsync(response, $"list `{prefix}`", cancellationToken);
            BucketListing page = BucketListing.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken))
                ?? throw DiagnosticRules.BucketFailed.Error($"cannot list `{prefix}` of bucket `{_options.Bucket}`: the answer is no list of objects");
            foreach (BucketObject one in page.Objects)
                yield return one;
            next = page.Next;
        }
        while (next is not null);
    }

    public void Dispose() => _connections.Dispose();

    private Uri Address(string key) => new(_options.Address, string.Join('/', key.Split('/').Select(Uri.EscapeDataString)));

    /// <param name="make">Makes the request, anew for each try.</param>
    /// <param name="bodyHash">Of its body.</param>
    /// <param name="bytes">How many go out; null where the answer is handed on as it comes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, string bodyHash, long? bytes, CancellationToken cancellationToken)
    {
        AmazonCredential? credential = await _credentials(cancellationToken);
        try
        {
            return await _retry.ExecuteAsync(token => TryAsync(make, bodyHash, bytes, credential, token), cancellationToken);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            throw DiagnosticRules.BucketFailed.Error(
                $"bucket `{_options.Bucket}` cannot be reached: {ConnectionFailure.Of(_options.Address.Authority, e).Reason}", inner: e);
        }
    }

    private async ValueTask<HttpResponseMessage> TryAsync(
        Func<HttpRequestMessage> make, string bodyHash, long? bytes, AmazonCredential? credential, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_patience.StallTimeout + TimeSpan.FromSeconds((bytes ?? 0) / SlowestBytesPerSecond), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using HttpRequestMessage request = make();
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", bodyHash);
        if (credential is not null)
            RequestSignature.Sign(request, bodyHash, credential, _options.Region, "s3", _time.GetUtcNow());
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        HttpResponseMessage? response = null;
        try
        {
            response = await _connections.SendAsync(request, either.Token);
            if (bytes is not null || !response.IsSuccessStatusCode)
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

    private async Task<BuildException> RefusedAsync(HttpResponseMessage response, string action, CancellationToken cancellationToken)
    {
        string? said = BucketListing.ReadError(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        string status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        bool isDenied = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        string place = isDenied ? (await _credentials(cancellationToken))?.Place is { } found ? $"asked with the key of {found}" : "no key was found: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY hold one" : "";
        return DiagnosticRules.BucketFailed.Error(
            $"cannot {action} in bucket `{_options.Bucket}`: `{_options.Address.Authority}` answered {status}{(said is null ? "" : $" ({said})")}",
            hint: place.Length > 0 ? place : null);
    }

    /// <summary>A blob's bytes, read anew for each try.</summary>
    private sealed class BlobBody(IBlobSource blob) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await using Stream source = await blob.OpenAsync(cancellationToken);
            await source.CopyToAsync(stream, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = blob.Descriptor.Size;
            return true;
        }
    }
}
