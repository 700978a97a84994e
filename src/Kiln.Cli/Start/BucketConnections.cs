// SPDX-License-Identifier: Apache-2.0
using Kiln.Cache;
using Kiln.Clouds;
using Kiln.Clouds.Amazon;
using Kiln.Diagnostics;
using Kiln.Http;
using Kiln.Store.Buckets;

namespace Kiln.Cli.Start;

/// <summary>The way to buckets: region, endpoint and keys, where flags do not say them, from the environment, as Amazon's own tools find them.</summary>
internal sealed class BucketConnections(IReadOnlyDictionary<string, string> environment, ServerAccess access) : IDisposable
{
    private const string UsualRegion = "us-east-1";

    // A cache that does not answer is not worth minutes.
    private static readonly Patience Brief = Patience.Usual with { Tries = 3 };

    private readonly Surroundings _surroundings = new(environment);
    private readonly CloudClient _clouds = new(Composition.UserAgent, access.Proxy, access.Certificates, Brief, TimeProvider.System);
    private AmazonCredentials? _keys;

    internal BucketClient Open(BucketCache place)
    {
        string region = place.Bucket.Region is { Length: > 0 } named ? named
            : _surroundings.Find("AWS_REGION") ?? _surroundings.Find("AWS_DEFAULT_REGION") ?? UsualRegion;
        BucketOptions options = place.Bucket with { Region = region, Endpoint = place.Bucket.Endpoint ?? FindEndpoint() };
        AmazonCredentials keys = _keys ??= new AmazonCredentials(_surroundings, _clouds);
        return new BucketClient(
            options,
            token => place.Credential is { } given ? new(given) : keys.FindAsync(region, token),
            Composition.UserAgent,
            access,
            Brief,
            TimeProvider.System);
    }

    private Uri? FindEndpoint()
    {
        if ((_surroundings.Find("AWS_ENDPOINT_URL_S3") ?? _surroundings.Find("AWS_ENDPOINT_URL")) is not { } text)
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw DiagnosticRules.InvalidArgument.Error($"the environment's address of S3, `{text}`, is none", hint: "write `https://HOST[:PORT]` in AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL");
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _clouds.Dispose();
    }
}
