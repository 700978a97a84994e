// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Store.Buckets;

/// <summary>An object of a bucket.</summary>
/// <param name="Key">Its whole key.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Modified">When it was written.</param>
public sealed record BucketObject(string Key, long Size, DateTimeOffset Modified);
