// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Diagnostics;

/// <content>304x: caches of steps.</content>
public static partial class DiagnosticRules
{
    public static readonly DiagnosticRule CacheEntryBroken = new(
        "KILN3040", "an entry of a cache is broken", "remove it with `kiln cache verify --remove`; a build takes it for none");

    public static readonly DiagnosticRule CacheUnusable = new(
        "KILN3041", "a cache cannot be read or written", "check its path or address, the permissions there, and free space");

    public static readonly DiagnosticRule BucketFailed = new(
        "KILN3042", "an object store refuses a request or fails", "check bucket, region, endpoint and what the keys may do there; the message holds the store's own reason");

    public static readonly DiagnosticRule NothingWarmed = new(
        "KILN3043", "none of the images could be warmed that should be", "the warnings before it say why, for each of them");
}
