// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.Net;
using Kiln.Http;
using Kiln.Oci;
using Kiln.Registry.Hosts;

namespace Kiln.Registry;

/// <summary>How registries are to be talked to. Hosts are written as in references: `host[:port]`.</summary>
public sealed record RegistryOptions
{
    /// <summary>`host[:port][/prefix]`: asked for Docker Hub's images before Docker Hub, in this order.</summary>
    public ImmutableArray<string> Mirrors { get; init; } = [];

    /// <summary>What is asked before a host, in this order, as <see cref="Mirrors"/> are.</summary>
    public ImmutableArray<RegistrySubstitute> Substitutes { get; init; } = [];

    /// <summary>Where something is asked in a registry's place, the registry itself is not.</summary>
    public bool SkipDefaultRegistryFallback { get; init; }

    /// <summary>Of `registries.conf`; read when the first image is asked for.</summary>
    public Func<ImmutableArray<RegistryRule>> Rules { get; init; } = () => [];

    public CertificateOptions Certificates { get; init; } = new();

    /// <summary>Decides on certificates of hosts that have none of their own.</summary>
    public ServerCertificates ServerCertificates { get; init; } = new();

    /// <summary>The way to all registries; null for none.</summary>
    public IWebProxy? Proxy { get; init; }

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

    /// <summary>How long a request may take with all its tries, a blob's bytes left aside.</summary>
    public TimeSpan OverallTimeout { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How many blobs move to a host at a time, and how many from it.</summary>
    public int ParallelBlobs { get; init; } = 4;

    /// <summary>How often what is pushed is begun anew, after all tries of one of its requests have failed.</summary>
    public int PushRetries { get; init; }

    /// <summary>How often an image is asked for anew, after all tries of one of the requests have failed.</summary>
    public int PullRetries { get; init; }

    /// <summary>The wait before what failed is begun anew; it doubles.</summary>
    public TimeSpan AttemptDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A tag that the registry does not let go to another image is no error.</summary>
    public bool KeepsImmutableTags { get; init; }

    /// <summary>Told of every request that failed and is sent again; from any thread.</summary>
    public Action<FailedTry>? OnFailedTry { get; init; }

    internal Patience Patience => new(Tries, RetryDelay, StallTimeout);

    /// <summary>What is asked before a host: `--registry-map` first, then Docker Hub's mirrors.</summary>
    internal IEnumerable<string> SubstitutesOf(string host) =>
        Substitutes.Where(substitute => substitute.Host == host).Select(substitute => substitute.Target).Concat(host == ImageReference.DefaultHost ? Mirrors : []);

    internal bool IsInsecure(string host, RegistryAccess access) =>
        InsecureHosts.Contains(host) || (access == RegistryAccess.Push ? InsecurePush : InsecurePull);

    internal bool SkipsTlsVerify(string host, RegistryAccess access) =>
        SkipTlsVerify || SkipTlsVerifyHosts.Contains(host) || (access == RegistryAccess.Pull && SkipTlsVerifyPull);
}
