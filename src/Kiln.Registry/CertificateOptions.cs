// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Kiln.Registry;

/// <summary>Certificates for single hosts, by the paths of their files, which are read when a host is first connected to.</summary>
public sealed record CertificateOptions
{
    /// <summary>By host, files of authorities that are trusted beside the system's.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Authorities { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>By host, what we prove ourselves by.</summary>
    public ImmutableDictionary<string, (string Certificate, string Key)> Clients { get; init; } = ImmutableDictionary<string, (string, string)>.Empty;

    /// <summary>Each may hold `HOST[:PORT]/*.crt`, authorities, and `*.cert` with `*.key`, what we prove ourselves by. The first that has the host counts.</summary>
    public ImmutableArray<string> Directories { get; init; } = [];
}
