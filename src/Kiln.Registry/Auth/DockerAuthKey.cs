// SPDX-License-Identifier: Apache-2.0
using Kiln.Oci;

namespace Kiln.Registry.Auth;

/// <summary>
/// The keys of `auths`: a host, with or without a scheme and an API path (`https://index.docker.io/v1/`), or a host and the beginning
/// of repositories (`registry.example.com/team`).
/// </summary>
internal static class DockerAuthKey
{
    /// <summary>How much of the repository a key names; null where it is for others.</summary>
    public static int? Match(string key, string host, string repository)
    {
        int scheme = key.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? key : key[(scheme + 3)..];
        int slash = rest.IndexOf('/');
        string keyHost = slash < 0 ? rest : rest[..slash];
        string path = slash < 0 ? "" : rest[slash..].Trim('/');

        if (!Canonical(keyHost).Equals(host, StringComparison.OrdinalIgnoreCase))
            return null;
        if (path is "" or "v1" or "v2")
            return 0;
        return repository == path || repository.StartsWith(path + "/", StringComparison.Ordinal) ? path.Length : null;
    }

    private static string Canonical(string host) =>
        host is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultHost : host;
}
