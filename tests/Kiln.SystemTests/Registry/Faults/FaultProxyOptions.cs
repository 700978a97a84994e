// SPDX-License-Identifier: Apache-2.0
namespace Kiln.SystemTests.Registry.Faults;

/// <summary>How the registry behind a <see cref="FaultProxy"/> behaves even where nothing goes wrong.</summary>
internal sealed record FaultProxyOptions
{
    /// <summary>Every request needs a token of its scope.</summary>
    public bool RequiresTokens { get; init; }

    /// <summary>Blobs are kept elsewhere.</summary>
    public BlobRedirect Redirect { get; init; }

    /// <summary>So many connections are closed as soon as they are there.</summary>
    public int RefusedConnections { get; init; }

    /// <summary>How uploads' addresses are written.</summary>
    public bool RelativeLocations { get; init; }
}
