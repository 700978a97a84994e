// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using Kiln.Clouds.Google;

namespace Kiln.Clouds.Objects;

/// <summary>An object of Google Cloud Storage, by its JSON API (cloud.google.com/storage/docs/json_api/v1/objects/get). Without a token public objects can be had.</summary>
public sealed class GoogleObject : ICloudObject
{
    /// <summary>The scheme of its text.</summary>
    public const string Scheme = "gs://";

    private readonly BucketPath _path;
    private readonly Func<GoogleTokens> _tokens;
    private CloudToken? _used;

    /// <param name="text">`gs://BUCKET[/OBJECT]`.</param>
    /// <param name="tokens">Asked for a token when it is needed.</param>
    public GoogleObject(string text, Func<GoogleTokens> tokens)
    {
        (_path, _tokens) = (BucketPath.Parse(text, Scheme), tokens);
        Address = BucketPath.Address(
            $"https://storage.googleapis.com/storage/v1/b/{_path.Bucket}/o/{BucketPath.Escape(_path.Key, keepsSlashes: false)}?alt=media");
    }

    public Uri Address { get; }

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _used = await _tokens().FindAsync(cancellationToken);
        if (_used is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _used.Text);
    }

    public string? FindHint(HttpStatusCode status, string? code) => status switch
    {
        HttpStatusCode.NotFound => $"the bucket `{_path.Bucket}` does not exist, or holds no object `{_path.Key}`",
        HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => _used is { } token
            ? $"it was asked for with a token from {token.Place}"
            : "no Google credentials were found: set GOOGLE_APPLICATION_CREDENTIALS, or give the pod a service account",
        _ => null,
    };

    public override string ToString() => $"{Scheme}{_path.Bucket}/{_path.Key}";
}
