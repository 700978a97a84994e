// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Kiln.Http;

namespace Kiln.Registry;

/// <summary>How registries are to be talked to. Hosts are written as in references: `host[:port]`.</summary>
public sealed record RegistryOptions
{
    /// <summary>`host[:port][/prefix]`: asked for Docker Hub's images before Docker Hub, in this order.</summary>
    public ImmutableArray<string> Mirrors { get; init; } = [];

    /// <summary>Plain http is permitted where https does not answer, and credentials may go over it.</summary>
    public bool InsecurePush { get; init; }

    /// <inheritdoc cref="InsecurePush"/>
    public bool InsecurePull { get; init; }

    /// <inheritdoc cref="InsecurePush"/>
    public ImmutableHashSet<string> InsecureHosts { get; init; } = [];

    public bool SkipTlsVerify { get; init; }

    public bool SkipTlsVerifyPull { get; init; }

    public ImmutableHashSet<string> SkipTlsVerifyHosts { get; init; } = [];

    public required string UserAgent { get; init; }

    /// <summary>How often each request is sent before its failure counts.</summary>
    public int Tries { get; init; } = Patience.Usual.Tries;

    /// <summary>The wait before the second try; it doubles for each further one.</summary>
    public TimeSpan RetryDelay { get; init; } = Patience.Usual.RetryDelay;

    /// <summary>How long nothing may move before a connection counts as broken.</summary>
    public TimeSpan StallTimeout { get; init; } = Patience.Usual.StallTimeout;

    /// <summary>How many blobs of one image move at a time.</summary>
    public int ParallelBlobs { get; init; } = 4;

    internal Patience Patience => new(Tries, RetryDelay, StallTimeout);

    internal bool IsInsecure(string host, RegistryAccess access) =>
        InsecureHosts.Contains(host) || (access == RegistryAccess.Push ? InsecurePush : InsecurePull);

    internal bool SkipsTlsVerify(string host, RegistryAccess access) =>
        SkipTlsVerify || SkipTlsVerifyHosts.Contains(host) || (access == RegistryAccess.Pull && SkipTlsVerifyPull);
}
