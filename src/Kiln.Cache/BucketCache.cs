// SPDX-License-Identifier: Apache-2.0
using Kiln.Clouds.Amazon;
using Kiln.Store.Buckets;

namespace Kiln.Cache;

/// <summary>A bucket of S3.</summary>
/// <param name="Name">As it was written, without keys.</param>
/// <param name="Bucket">Where it is; region and endpoint may be left to the environment, as empty and null.</param>
/// <param name="Prefix">What the keys of all objects begin with.</param>
/// <param name="Scope">Tells the entries of several caches apart that share their blobs.</param>
/// <param name="Credential">Given with it; null for what the environment has.</param>
public sealed record BucketCache(string Name, BucketOptions Bucket, string Prefix, string Scope, AmazonCredential? Credential) : CachePlace(Name)
{
    public override string Identity => $"s3:{Bucket.Endpoint} {Bucket.Bucket} {Prefix} {Scope}";
}
