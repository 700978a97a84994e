// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry;

/// <summary>Hosts as people write them, made what references have.</summary>
public static class HostName
{
    /// <summary>`https://Registry.example.com/v2/` is `registry.example.com`; all of Docker Hub's names are `docker.io`.</summary>
    public static string Of(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string host = (scheme < 0 ? text : text[(scheme + 3)..]).Split('/')[0].ToLowerInvariant();
        return host is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultHost : host;
    }
}
