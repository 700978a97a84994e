// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry;

/// <summary>A `--registry-client-cert`.</summary>
/// <param name="Host">The registry.</param>
/// <param name="Certificate">The file of what we prove ourselves by.</param>
/// <param name="Key">The file of its key.</param>
public sealed record HostClient(string Host, string Certificate, string Key);
