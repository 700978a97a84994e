// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Kiln.Clouds.Amazon;
using Kiln.Diagnostics;

namespace Kiln.Clouds.Objects;

/// <summary>
/// An object of S3, or of a server that speaks its protocol, which S3_ENDPOINT or AWS's own variables name. Requests are signed (AWS Signature Version 4); where no keys are
/// found they are not, and public objects can be had.
/// </summary>
public sealed class AmazonObject : ICloudObject
{
    /// <summary>The scheme of its text.</summary>
    public const string Scheme = "s3://";

    private const string UsualRegion = "us-east-1";

    /// <summary>SHA-256 of nothing, which is a GET's body.</summary>
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private readonly BucketPath _path;
    private readonly Func<AmazonCredentials> _credentials;
    private readonly TimeProvider _time;
    private readonly string _region;
    private AmazonCredential? _used;

    /// <param name="text">`s3://BUCKET[/KEY]`.</param>
    /// <param name="surroundings">Name the endpoint and the region.</param>
    /// <param name="credentials">Asked for keys when they are needed.</param>
    /// <param name="time">The clock.</param>
    public AmazonObject(string text, Surroundings surroundings, Func<AmazonCredentials> credentials, TimeProvider time)
    {
        (_path, _credentials, _time) = (BucketPath.Parse(text, Scheme), credentials, time);
        _region = surroundings.Find("AWS_REGION") ?? surroundings.Find("AWS_DEFAULT_REGION") ?? SharedProfiles.FindRegion(surroundings) ?? UsualRegion;
        Address = FindAddress(surroundings);
    }

    public Uri Address { get; }

    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _used = await _credentials().FindAsync(_region, cancellationToken);
        if (_used is null)
            return;
        request.Headers.TryAddWithoutValidation("x-amz-content-sha256", EmptyHash);
        RequestSignature.Sign(request, [], _used, _region, "s3", _time.GetUtcNow());
    }

    public string? FindHint(HttpStatusCode status, string? code) => (status, code) switch
    {
        (_, "NoSuchBucket") => $"there is no bucket `{_path.Bucket}`{At()}",
        (_, "NoSuchKey") or (HttpStatusCode.NotFound, _) => $"the bucket `{_path.Bucket}` holds no object `{_path.Key}`",
        (_, "PermanentRedirect" or "AuthorizationHeaderMalformed" or "TemporaryRedirect") or (HttpStatusCode.MovedPermanently, _) =>
            $"the bucket is in another region than `{_region}`: name it by AWS_REGION",
        (HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized, _) => _used is { } key
            ? $"it was asked for with the {key} of {key.Place}, in region `{_region}`"
            : "no AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the pod a role",
        _ => null,
    };

    public override string ToString() => $"{Scheme}{_path.Bucket}/{_path.Key}";

    private string At() => Address.Host.EndsWith("amazonaws.com", StringComparison.Ordinal) ? "" : $" at `{Address.Authority}`";

    private Uri FindAddress(Surroundings surroundings)
    {
        string key = BucketPath.Escape(_path.Key, keepsSlashes: true);
        Uri endpoint = FindEndpoint(surroundings);
        // No certificate is for more than one label before the service's name, and nothing stands before an address.
        bool inPath = surroundings.IsTrue("S3_FORCE_PATH_STYLE") || _path.Bucket.Contains('.') || endpoint.HostNameType != UriHostNameType.Dns || endpoint.IsLoopback;
        return BucketPath.Address(inPath
            ? $"{endpoint.Scheme}://{endpoint.Authority}{endpoint.AbsolutePath.TrimEnd('/')}/{_path.Bucket}/{key}"
            : $"{endpoint.Scheme}://{_path.Bucket}.{endpoint.Authority}{endpoint.AbsolutePath.TrimEnd('/')}/{key}");
    }

    private Uri FindEndpoint(Surroundings surroundings)
    {
        if (surroundings.Find("S3_ENDPOINT") is not { } named)
            return new AmazonEndpoints(surroundings).S3(_region);
        string full = named.Contains("://", StringComparison.Ordinal) ? named : "https://" + named;
        return Uri.TryCreate(full, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https" && endpoint.UserInfo.Length == 0
            ? endpoint
            : throw DiagnosticRules.InvalidArgument.Error("the environment's S3_ENDPOINT is no http or https address", hint: "write it as `https://minio.example.org:9000`");
    }
}
