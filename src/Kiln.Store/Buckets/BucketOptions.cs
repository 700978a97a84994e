// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Store.Buckets;

/// <summary>Where a bucket is.</summary>
public sealed record BucketOptions
{
    public required string Bucket { get; init; }

    /// <summary>`eu-central-1`; part of every signature.</summary>
    public required string Region { get; init; }

    /// <summary>Another server than Amazon's own; null for that.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The bucket is the first part of the path, and not of the host's name.</summary>
    public bool UsesPath { get; init; }

    /// <summary>The bucket's own address, ending in a slash.</summary>
    internal Uri Address
    {
        get
        {
            string amazon = Region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
            Uri server = Endpoint ?? new Uri($"https://s3.{Region}.{amazon}/");
            string path = server.AbsolutePath.TrimEnd('/');
            var address = new UriBuilder(server) { Path = UsesPath ? $"{path}/{Bucket}/" : $"{path}/" };
            if (!UsesPath)
                address.Host = $"{Bucket}.{server.Host}";
            return address.Uri;
        }
    }
}
