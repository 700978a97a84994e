// SPDX-License-Identifier: Apache-2.0
using Kiln.Linux.Files;
using Kiln.Oci;

namespace Kiln.Contexts.Http;

/// <summary>What a URL had, now in a file of the builder's.</summary>
/// <param name="LastModified">The server's word for how old it is; null where it said nothing.</param>
public sealed record Download(string Path, long Size, Digest Digest, UnixTime? LastModified);
