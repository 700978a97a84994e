// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Build.Outlook;

/// <summary>A layer that a build will read.</summary>
/// <param name="Digest">The blob's.</param>
/// <param name="Size">In bytes.</param>
/// <param name="IsFetched">Whether the blob comes from elsewhere.</param>
/// <param name="IsUnpacked">Whether its files are needed, and not only the list of them.</param>
/// <param name="Reason">What needs it.</param>
public sealed record LayerOutlook(Digest Digest, long Size, bool IsFetched, bool IsUnpacked, string Reason);
