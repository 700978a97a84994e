// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Registry;

/// <summary>Certificates for single hosts, by the paths of their files, which are read when a host is first connected to.</summary>
public sealed record CertificateOptions
{
    public ImmutableArray<HostAuthority> Authorities { get; init; } = [];

    /// <summary>Of several for a host the last counts.</summary>
    public ImmutableArray<HostClient> Clients { get; init; } = [];

    /// <summary>Each may hold `HOST[:PORT]/*.crt`, authorities, and `*.cert` with `*.key`, what we prove ourselves by. The first that has the host counts.</summary>
    public ImmutableArray<string> Directories { get; init; } = [];
}
