// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Clouds.Objects;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Oci;

namespace Kiln.Contexts.Http;

/// <summary>
/// Downloads files by http and https, straight to disk. What breaks off goes on where it broke if the server can tell that it is still the same file,
/// else from the start.
/// </summary>
public sealed class HttpDownloader : IDisposable
{
    private readonly HttpRequests _requests;
    private readonly RetryPolicy _retry;
    private readonly Patience _patience;
    private readonly TimeProvider _time;

    /// <param name="userAgent">What servers are told of us.</param>
    /// <param name="allowsMetadata">Whether the metadata services of clouds may be asked.</param>
    /// <param name="access">The way to servers.</param>
    /// <param name="patience">How long is waited for what.</param>
    /// <param name="time">The clock.</param>
    public HttpDownloader(string userAgent, bool allowsMetadata, ServerAccess access, Patience patience, TimeProvider time)
    {
        (_patience, _time) = (patience, time);
        _retry = new RetryPolicy(patience, time);
        _requests = new HttpRequests(userAgent, allowsMetadata, access, patience, _retry, time);
    }

    /// <param name="url">An http or https URL; a user and password in it are used, and shown to nobody.</param>
    /// <param name="expected">What the file has to be; null where anything will do.</param>
    /// <param name="path">A file that is made.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    public Task<Download> DownloadAsync(string url, Digest? expected, string path, CancellationToken cancellationToken) =>
        DownloadAsync(new DownloadTarget(new Uri(url)) { Expected = expected }, path, cancellationToken);

    /// <param name="url">As above.</param>
    /// <param name="most">A file of more bytes is refused.</param>
    /// <param name="path">A file that is made.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    public Task<Download> DownloadSmallAsync(string url, long most, string path, CancellationToken cancellationToken) =>
        DownloadAsync(new DownloadTarget(new Uri(url)) { Most = most }, path, cancellationToken);

    /// <param name="stored">An object of a cloud's store. No redirect is followed.</param>
    /// <param name="path">A file that is made.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    public Task<Download> DownloadAsync(ICloudObject stored, string path, CancellationToken cancellationToken) =>
        DownloadAsync(new DownloadTarget(stored), path, cancellationToken);

    public void Dispose() => _requests.Dispose();

    private async Task<Download> DownloadAsync(DownloadTarget target, string path, CancellationToken cancellationToken)
    {
        using var file = new DownloadFile(path);
        HttpResponseMessage? last = null;
        try
        {
            int failures = 0;
            while (true)
            {
                RestOfFile? rest = last is null ? null : RestOfFile.Of(file.Size, last);
                HttpResponseMessage response = await _requests.GetAsync(target, rest, cancellationToken);
                last?.Dispose();
                last = response;
                if (response.StatusCode != HttpStatusCode.PartialContent)
                    file.Restart();
                else if (response.Content.Headers.ContentRange?.From != file.Size)
                    throw DownloadErrors.Failed(target, "the server answered with another part than the one that was missing", null);
                long before = file.Size;
                if (await TryReadAsync(target, response, file, cancellationToken) is not { } broken)
                    break;
                failures = file.Size > before ? 1 : failures + 1;
                if (!await _retry.WaitAfterAsync(failures, cancellationToken))
                    throw DownloadErrors.Unreachable(target, target.Url, broken);
            }
            return Complete(file, last, path, target);
        }
        finally
        {
            last?.Dispose();
        }
    }

    private static Download Complete(DownloadFile file, HttpResponseMessage response, string path, DownloadTarget target)
    {
        Digest digest = file.Complete();
        if (target.Expected is { } wanted && digest != wanted)
            throw DiagnosticRules.ChecksumMismatch.Error($"digest mismatch for {target.Name}: {digest} (expected: {wanted})");
        return new Download(
            path, file.Size, digest, response.Content.Headers.LastModified is { } time ? Linux.Files.UnixTime.From(time) : null);
    }

    /// <summary>Reads the body to its end; what broke it off, if something did.</summary>
    private async Task<Exception?> TryReadAsync(DownloadTarget target, HttpResponseMessage response, DownloadFile file, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[128 * 1024];
        using var stall = new CancellationTokenSource(_patience.StallTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, cancellationToken);
        try
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(either.Token);
            while (true)
            {
                stall.CancelAfter(_patience.StallTimeout);
                int read = await body.ReadAsync(buffer, either.Token);
                if (read == 0)
                    return null;
                if (file.Size + read > target.Most)
                    throw DownloadErrors.Failed(target, $"it is larger than {target.Most:N0} bytes", null);
                file.Write(buffer.AsSpan(0, read));
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new TimeoutException($"nothing moved for {_patience.StallTimeout.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (RetryPolicy.IsBroken(e))
        {
            return e;
        }
    }
}
