// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry;

/// <summary>A repository as one server has it: an image of Docker Hub may have several, its mirrors' and its own.</summary>
internal sealed record RegistryEndpoint(string Host, string Repository)
{
    /// <summary>`registries.conf` says so of this repository: plain http and any certificate will do.</summary>
    public bool IsInsecure { get; init; }

    /// <summary>Where the server of a host listens: Docker Hub's has another name than its images.</summary>
    public string Authority => Host == ImageReference.DefaultHost ? "registry-1.docker.io" : Host;

    public static RegistryEndpoint Of(ImageReference reference) => new(reference.Host, reference.Repository);

    /// <summary>An address below the repository: `manifests/latest`.</summary>
    public Uri Uri(string path) => new($"https://{Authority}/v2/{Repository}/{path}");

    /// <summary>Whether an address is this server's, by https or http, with the port written out or not.</summary>
    public bool Owns(Uri uri)
    {
        var own = new Uri("https://" + Authority);
        return uri.Host.Equals(own.Host, StringComparison.OrdinalIgnoreCase)
            && (uri.Port == own.Port || (uri.IsDefaultPort && own.IsDefaultPort));
    }

    public override string ToString() => $"{Host}/{Repository}";
}
