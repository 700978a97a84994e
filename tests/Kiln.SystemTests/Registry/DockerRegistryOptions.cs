// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry;

/// <summary>What kind of registry a test wants.</summary>
internal sealed record DockerRegistryOptions
{
    /// <summary>https with a certificate of its own making.</summary>
    public bool Tls { get; init; }

    /// <summary>The only user; null lets everybody in.</summary>
    public (string Name, string Password)? User { get; init; }
}
