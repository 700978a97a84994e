// SPDX-License-Identifier: Apache-2.0
namespace Kiln.Registry;

/// <summary>A `--registry-certificate`.</summary>
/// <param name="Host">The registry.</param>
/// <param name="File">Authorities that are trusted for it beside the system's.</param>
public sealed record HostAuthority(string Host, string File);
