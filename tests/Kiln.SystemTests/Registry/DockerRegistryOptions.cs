// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry;

/// <summary>What kind of registry a test wants.</summary>
internal sealed record DockerRegistryOptions
{
    /// <summary>https with a certificate of its own making.</summary>
    public bool Tls { get; init; }

    /// <summary>A file of authorities; who has no certificate of one of them is not let in. With <see cref="Tls"/> alone.</summary>
    public string? ClientAuthority { get; init; }

    /// <summary>As it is when nobody configures it otherwise.</summary>
    public bool DeletesNothing { get; init; }

    /// <summary>The only user; null lets everybody in.</summary>
    public (string Name, string Password)? User { get; init; }
}
